package commands

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/glanceconf"
	"github.com/glancegate/glancegate/internal/version"
)

// oldProgram is the name of the program of the old service.
const oldProgram = "glance-registry"

// Arguments are the arguments of the program. If it was started with the name of the
// old program, they are those of the command serve, which takes the old options.
func Arguments(args []string) []string {
	if len(args) == 0 || filepath.Base(args[0]) != oldProgram {
		return args
	}
	rest := args[1:]
	if len(rest) > 0 && slices.ContainsFunc(commands, func(make func() *cobra.Command) bool { return make().Name() == rest[0] }) {
		return append([]string{args[0], oldProgram}, rest...)
	}
	return append([]string{args[0], oldProgram, "serve"}, rest...)
}

const serveHelp = `
Serves as the old glance-registry did when it was started with the same options:
what its configuration files say, until it gets SIGTERM. SIGHUP has it read them
again. A program by the name of glance-registry does so by itself.

    --config-file <file>    a configuration file; may be repeated, later ones win.
                            Default: the first glance.conf and glance-registry.conf
                            in ~/.glance, ~, /etc/glance and /etc, after
                            glance-registry-dist.conf in /usr/share/glance
    --config-dir <folder>   a folder whose *.conf files are all read; may be repeated.
                            Default: glance.conf.d and glance-registry.conf.d in
                            the same places (Ocata and later)
    --log-file, --log-dir, --debug, --nodebug, --verbose, --noverbose, --use-syslog, ...
                            override the same options in files
    --allow-unknown-filters <names>
                            unknown filters of the pipeline to leave out, separated
                            by commas
    --version

A value can follow an equals sign. Environment variables supply what the files lack,
as for convert.
`

func serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve [options of the old glance-registry]",
		Short: "Serves with the command line and the files of the old service",
		Long:  serveHelp,
		// They are oslo.config's.
		DisableFlagParsing: true,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cmd.SilenceUsage = true
		line, err := glanceconf.ParseCommandLine(args)
		switch {
		case err != nil:
			return err
		case line.Help:
			return cmd.Help()
		case line.Version:
			_, err := fmt.Fprintln(cmd.OutOrStdout(), version.Current().Version)
			return err
		}
		return serve(line)
	}
	return cmd
}

// serve runs until a signal ends the process.
func serve(line *glanceconf.CommandLine) error {
	caddy.TrapSignals()
	// Entries are buffered until the log of the configuration exists, and go into it.
	_, before, _ := caddy.BufferedLog()
	defer caddy.UnbufferDefaultLogger(before)
	config, settings, err := adaptStart(line)
	if err != nil {
		return err
	}
	// SIGHUP and SIGUSR1 call this.
	caddy.SetLastConfig(strings.Join(settings.Files, " "), adapterName, func(string, string) error {
		config, _, err := adaptStart(line)
		if err != nil {
			return err
		}
		return caddy.Load(config, true)
	})
	if err := caddy.Load(config, true); err != nil {
		return err
	}
	caddy.Log().Named("glance-registry").Info("serving", zap.Strings("files", settings.Files))
	select {}
}

// adaptStart makes a configuration of a start command, and logs what it has found.
func adaptStart(line *glanceconf.CommandLine) ([]byte, *glanceconf.Settings, error) {
	home, _ := os.UserHomeDir() // without one, no files are read there
	folder, err := os.Getwd()
	if err != nil {
		return nil, nil, err
	}
	settings, findings, err := glanceconf.Read(glanceconf.Input{
		Start: line, Getenv: withFilters(line.UnknownFilters), Home: home, Folder: filepath.ToSlash(folder),
	})
	if err != nil {
		return nil, nil, err
	}
	logger := caddy.Log().Named("adapter." + adapterName)
	for _, text := range settings.Summary() {
		logger.Info(text)
	}
	config, warnings, err := adaptSettings(settings, findings)
	for _, w := range warnings {
		logger.Warn(w.Message, zap.String("option", w.Directive), zap.String("file", w.File), zap.Int("line", w.Line))
	}
	return config, settings, err
}

// withFilters is the environment, with the filters that an option names.
func withFilters(names string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if name == glanceconf.EnvUnknownFilters && names != "" {
			return names, true
		}
		return os.LookupEnv(name)
	}
}
