package commands

import (
	"io"
	"os"

	"github.com/spf13/cobra"
)

func convertCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "convert [--trial <port>] [--allow-unknown-filters <names>] <glance-registry.conf>",
		Short: "Prints a Caddyfile made of an old configuration",
		Long: `
Prints a Caddyfile for the gateway with the configuration of an old glance-registry.
Comments name each option that was changed or dropped. Passwords stay in the old
files; the Caddyfile refers to them.

With --trial the gateway can be tried beside the old service: on another port, and
read-only.

Environment variables complete the file:

    GLANCE_REGISTRY_CONFIG          further files and folders, separated by colons or commas
    GLANCE_REGISTRY_RELEASE         the release of the old service, mitaka to ussuri
    GLANCE_REGISTRY_TRUSTED_FROM    who may send identity headers (flavor trusted-auth)
    GLANCE_REGISTRY_WITHOUT_FLAVOR  everyone-is-admin: serve without authentication
    GLANCE_REGISTRY_UNKNOWN_FILTERS filters of the pipeline to leave out, see below
    GLANCE_REGISTRY_LEGACY_TLS      on: accept certificates and TLS of an old kind
    GLANCE_REGISTRY_ADMIN           the address of Caddy's admin API, or off
`,
		Args: cobra.ExactArgs(1),
	}
	filters := cmd.Flags().String("allow-unknown-filters", "", "filters of the pipeline to leave out although it is not known what they do, separated by commas")
	trial := cmd.Flags().Uint16("trial", 0, "the port for a trial")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cmd.SilenceUsage = true
		return convert(cmd.OutOrStdout(), args[0], int(*trial), *filters)
	}
	return cmd
}

func convert(out io.Writer, name string, trial int, filters string) error {
	body, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	settings, findings, err := readOldConfig(name, body, withFilters(filters))
	if err != nil {
		return err
	}
	if trial != 0 {
		settings.Trial(trial)
	}
	_, err = io.WriteString(out, settings.Caddyfile(findings))
	return err
}
