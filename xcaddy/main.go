// Command xcaddy is Caddy with the registry gateway and all standard modules.
package main

import (
	"os"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/glancegate/glancegate"
	"github.com/glancegate/glancegate/caddymodule/commands"
)

func main() {
	os.Args = commands.Arguments(os.Args)
	caddycmd.Main()
}
