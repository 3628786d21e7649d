//go:build !unix

package caddymodule

// reloadOnHangup does nothing where there is no such signal.
func reloadOnHangup() {}
