//go:build linux || darwin || freebsd

package commands

import (
	"fmt"
	"syscall"
)

// mayMakeFiles is why no file can be made in a folder.
func mayMakeFiles(folder string) error {
	const write, search = 2, 1
	if err := syscall.Access(folder, write|search); err != nil {
		return fmt.Errorf("it is not there, and can't be made in %s: %w", folder, err)
	}
	return nil
}
