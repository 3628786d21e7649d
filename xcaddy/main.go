// Command xcaddy is Caddy with the registry gateway and all standard modules.
package main

import (
	"os"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/glancegate/glancegate"
	"github.com/glancegate/glancegate/caddymodule/commands"
	"github.com/glancegate/glancegate/internal/version"
)

func main() {
	// `glance-gateway version` prints this and the version of Caddy.
	caddy.CustomVersion = version.Current().String() + ", Caddy"
	caddy.CustomBinaryName = "glance-gateway"
	os.Args = commands.Arguments(os.Args)
	caddycmd.Main()
}
