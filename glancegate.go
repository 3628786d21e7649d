// Package glancegate registers the Glance registry gateway with Caddy:
//
//	xcaddy build --with github.com/glancegate/glancegate
//
// The module is http.handlers.glance_registry, its directive is
// glance_registry. Programs that embed Caddy import this package for its side
// effects.
package glancegate

import (
	// The handler, the global option, the commands and the config adapter.
	_ "github.com/glancegate/glancegate/caddymodule"
)
