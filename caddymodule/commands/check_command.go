package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
)

// Exit codes of the command check.
const (
	exitFine       = 0
	exitNotChecked = 1 // the configuration can't be read
	exitFailed     = 2
	exitWarnings   = 3
)

func checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check --config <file> [--adapter <name>] [--json]",
		Short: "Tests a configuration and what it depends on, before the switch",
		Long: `
Tests what the glance_registry handlers of a configuration need: that it can be
loaded and its ports are free; that each database can be reached, the release of its
schema, the user's privileges, missing indexes and whether changes can be followed;
Redis, Keystone, and the clocks. It changes nothing.

The configuration is a Caddyfile, or with --adapter glance-registry the
configuration of the old service.

Exit codes: 0 no problems, 1 the configuration can't be read, 2 a check failed,
3 only warnings.
`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringP("config", "c", "", "the configuration file (required)")
	flags.StringP("adapter", "a", "", "the adapter for it, caddyfile for a Caddyfile")
	flags.Bool("json", false, "print JSON")
	_ = cmd.MarkFlagRequired("config") // it is there
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cmd.SilenceUsage = true
		run := func(flags caddycmd.Flags) (int, error) { return runCheckCommand(cmd, flags) }
		return caddycmd.WrapCommandFuncForCobra(run)(cmd, args)
	}
	return cmd
}

var (
	errChecksFailed = errors.New("at least one check failed")
	errWarnings     = errors.New("there are warnings")
)

func runCheckCommand(cmd *cobra.Command, flags caddycmd.Flags) (int, error) {
	content, _, _, err := caddycmd.LoadConfig(flags.String("config"), flags.String("adapter"))
	if err != nil {
		return exitNotChecked, err
	}
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	results, err := checkConfig(ctx, content)
	if err != nil {
		return exitNotChecked, err
	}
	if flags.String("adapter") == adapterName {
		results = append(checkOld(flags.String("config")), results...)
	}
	if err := printResults(cmd.OutOrStdout(), results, flags.Bool("json")); err != nil {
		return exitNotChecked, err
	}
	switch code := worst(results); code {
	case exitFailed:
		return code, errChecksFailed
	case exitWarnings:
		return code, errWarnings
	default:
		return code, nil
	}
}

// printResults prints a table, or JSON.
func printResults(out io.Writer, results []checkResult, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(map[string]any{"results": results})
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	subject := ""
	for _, r := range results {
		if r.Subject != subject {
			subject = r.Subject
			fmt.Fprintf(table, "%s\n", subject)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\n", r.Result, r.Check, r.Text)
	}
	return table.Flush()
}
