//go:build !(linux || darwin || freebsd)

package caddymodule

// mayMakeFiles is not known here.
func mayMakeFiles(string) error { return nil }
