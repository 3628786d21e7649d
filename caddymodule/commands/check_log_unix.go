//go:build linux || darwin || freebsd

package commands

import (
	"fmt"
	"syscall"
)

// mayMakeFiles returns why no file can be created in a folder.
func mayMakeFiles(folder string) error {
	const write, search = 2, 1
	if err := syscall.Access(folder, write|search); err != nil {
		return fmt.Errorf("it does not exist, and can't be created in %s: %w", folder, err)
	}
	return nil
}
