package caddymodule

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func convertCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "convert <glance-registry.conf>",
		Short: "Prints a Caddyfile made of an old configuration",
		Long: `
Prints a Caddyfile for the gateway that does what the configuration of an old
glance-registry says. Each option that was changed or dropped is named in a
comment. Passwords stay in the old files: the Caddyfile refers to them.

The environment says what the file does not:

    GLANCE_REGISTRY_CONFIG          further files and folders, separated by colons
    GLANCE_REGISTRY_RELEASE         the release of the old service, mitaka to train
    GLANCE_REGISTRY_TRUSTED_FROM    who may send identity headers (flavor trusted-auth)
    GLANCE_REGISTRY_WITHOUT_FLAVOR  everyone-is-admin: serve without authentication
`,
		Args: cobra.ExactArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cmd.SilenceUsage = true
		return convert(cmd, args[0])
	}
	return cmd
}

func convert(cmd *cobra.Command, name string) error {
	body, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	settings, findings, err := readOldConfig(name, body)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), settings.Caddyfile(findings))
	return err
}
