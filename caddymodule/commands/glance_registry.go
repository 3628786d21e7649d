// Package commands has the commands of `caddy glance-registry`, and the config adapter
// for the files of an old glance-registry.
package commands

import (
	"github.com/spf13/cobra"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "glance-registry",
		Short: "Commands for the gateway that replaces glance-registry",
		CobraFunc: func(cmd *cobra.Command) {
			for _, command := range commands {
				cmd.AddCommand(command())
			}
		},
	})
}

// commands are the subcommands of `caddy glance-registry`.
var commands = []func() *cobra.Command{
	changesCommand,
	checkCommand,
	convertCommand,
	deskCommand,
	healthcheckCommand,
	serveCommand,
}
