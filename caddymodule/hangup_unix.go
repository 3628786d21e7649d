//go:build unix

package caddymodule

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// reloadOnHangup has SIGHUP reload the configuration, as it did in the old service.
// Caddy reloads what it was started with when it gets SIGUSR1.
var reloadOnHangup = sync.OnceFunc(func() {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for range hangups {
			_ = syscall.Kill(os.Getpid(), syscall.SIGUSR1) // we may signal ourselves
		}
	}()
})
