// Package glancegate registers the Glance registry gateway with Caddy:
//
//	xcaddy build --with github.com/glancegate/glancegate
//
// It adds the handler http.handlers.glance_registry with its directive
// glance_registry, the commands of `caddy glance-registry`, and the config adapter
// glance-registry. Programs that embed Caddy import this package for its side
// effects.
package glancegate

import (
	_ "github.com/glancegate/glancegate/caddymodule"          // the handler and the global option
	_ "github.com/glancegate/glancegate/caddymodule/commands" // the commands and the config adapter
)
