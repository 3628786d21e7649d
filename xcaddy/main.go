// Command xcaddy is Caddy with the registry gateway and all standard modules.
package main

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/glancegate/glancegate"
)

func main() { caddycmd.Main() }
