package glanceconf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// CommandLine is the start command of the old service, without its name.
type CommandLine struct {
	// Help and Version ask for a text in the place of a service.
	Help, Version bool

	// UnknownFilters is what --allow-unknown-filters names. The old service had no
	// such option.
	UnknownFilters string

	sources []source
	options []osloconf.Entry
}

// source is a file, or a folder with files.
type source struct {
	name   string
	folder bool
}

// onCommandLine is the name of the file of what the command line says.
const onCommandLine = "command line"

// commandOptions are the options of the command line, and whether they take a value.
// One without a value has an opposite that begins with no.
var commandOptions = map[string]bool{
	"config-file": true, "config-dir": true, "allow-unknown-filters": true,
	"log-config-append": true, "log-config": true, "log_config": true, "log-date-format": true, "log-format": true,
	"log-file": true, "logfile": true, "log-dir": true, "logdir": true, "syslog-log-facility": true,
	"pydev-worker-debug-host": true, "pydev-worker-debug-port": true,
	"debug": false, "verbose": false, "use-syslog": false, "use-syslog-rfc-format": false, "use-journal": false,
	"use-json": false, "use-eventlog": false, "watch-log-file": false, "help": false, "version": false,
}

// ParseCommandLine reads options as oslo.config did: with one or two words, by an
// unmistakable beginning, and as often as they are given.
func ParseCommandLine(args []string) (*CommandLine, error) {
	c := &CommandLine{}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch word {
		case "-h":
			word = "--help"
		case "-d":
			word = "--debug"
		case "-v":
			word = "--verbose"
		}
		name, isOption := strings.CutPrefix(word, "--")
		if !isOption {
			return nil, fmt.Errorf("%q is no option of glance-registry", word)
		}
		name, value, hasValue := strings.Cut(name, "=")
		name, off, err := commandOption(name)
		if err != nil {
			return nil, err
		}
		if commandOptions[name] {
			if !hasValue {
				if len(args) == 0 {
					return nil, fmt.Errorf("--%s needs a value", name)
				}
				value, args = args[0], args[1:]
			}
		} else if hasValue {
			return nil, fmt.Errorf("--%s takes no value", name)
		}
		c.take(name, value, off)
	}
	return c, nil
}

// commandOption finds the option that a name, or the beginning of one, means.
func commandOption(name string) (found string, off bool, err error) {
	var all, candidates []string
	for option, hasValue := range commandOptions {
		all = append(all, option)
		if !hasValue && option != "help" && option != "version" {
			all = append(all, "no"+option)
		}
	}
	slices.Sort(all)
	for _, option := range all {
		if option == name {
			candidates = []string{option}
			break
		}
		if name != "" && strings.HasPrefix(option, name) {
			candidates = append(candidates, option)
		}
	}
	switch len(candidates) {
	case 0:
		return "", false, fmt.Errorf("--%s is no option of the command line of glance-registry; write it into a configuration file", name)
	case 1:
	default:
		return "", false, fmt.Errorf("--%s may be each of --%s", name, strings.Join(candidates, ", --"))
	}
	found = candidates[0]
	if _, known := commandOptions[found]; !known {
		return strings.TrimPrefix(found, "no"), true, nil
	}
	return found, false, nil
}

func (c *CommandLine) take(name, value string, off bool) {
	switch name {
	case "help":
		c.Help = true
	case "version":
		c.Version = true
	case "allow-unknown-filters":
		c.UnknownFilters = value
	case "config-file", "config-dir":
		c.sources = append(c.sources, source{value, name == "config-dir"})
	default:
		if !commandOptions[name] {
			value = fmt.Sprint(!off)
		}
		c.options = append(c.options, osloconf.Entry{
			File: onCommandLine, Section: osloconf.Default, Key: strings.ReplaceAll(name, "-", "_"), Value: value,
		})
	}
}
