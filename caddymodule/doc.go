// Package caddymodule is the registry gateway as a Caddy module: the handler
// directive and global option glance_registry, and what makes them visible.
package caddymodule
