// Package caddymodule is the registry gateway as a Caddy module.
package caddymodule
