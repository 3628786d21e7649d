package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
)

// configurationChecks look at the configuration as a whole.
var configurationChecks = []check[[]byte]{
	{name: "configuration", run: checkLoads, needed: true},
	{name: "log", run: checkLogs},
	{name: "hosts", run: checkHosts},
}

// checkLoads provisions the configuration, as `caddy validate` does, but opens no log
// file, which would belong to the user of the check.
func checkLoads(_ context.Context, content []byte) (result, text string) {
	var config caddy.Config
	if err := caddy.StrictUnmarshalJSON(content, &config); err != nil {
		return failedBy(err)
	}
	config.Logging = &caddy.Logging{Logs: map[string]*caddy.CustomLog{
		"default": {BaseLog: caddy.BaseLog{Level: "WARN"}},
	}}
	if err := caddy.Validate(&config); err != nil {
		return failedBy(err)
	}
	return checkOK, "it can be loaded"
}

// checkLogs tests whether the user of the check can write the log files. It creates
// none, since the file would belong to that user.
func checkLogs(_ context.Context, content []byte) (result, text string) {
	var problems []string
	files := logFiles(content)
	for _, file := range files {
		if err := writable(file); err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", file, reasonOf(err)))
		}
	}
	switch {
	case len(problems) > 0:
		return checkFailed, strings.Join(problems, "; ") +
			": the gateway would not start; run the check as the gateway's user, and allow it to write there, or name another file"
	case len(files) == 0:
		return checkOK, "standard error"
	}
	return checkOK, strings.Join(files, ", ") + " can be written"
}

// logFiles are the files that the logs of a configuration go to.
func logFiles(content []byte) []string {
	var config struct {
		Logging struct {
			Logs map[string]struct {
				Writer struct{ Output, Filename string }
			}
		}
	}
	if json.Unmarshal(content, &config) != nil {
		return nil // it can't be loaded
	}
	var files []string
	for _, log := range config.Logging.Logs {
		if log.Writer.Output == "file" || log.Writer.Output == "glance_registry" {
			files = append(files, caddy.NewReplacer().ReplaceAll(log.Writer.Filename, ""))
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// writable returns why a file can't be written, or created with its folders.
func writable(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	folder := filepath.Dir(file)
	for {
		info, err := os.Stat(folder)
		switch {
		case err == nil && !info.IsDir():
			return errors.New(folder + " is not a folder")
		case err == nil:
			return mayMakeFiles(folder)
		case !errors.Is(err, fs.ErrNotExist) || folder == filepath.Dir(folder):
			return err
		}
		folder = filepath.Dir(folder)
	}
}

// reasonOf returns an error without the path.
func reasonOf(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}
