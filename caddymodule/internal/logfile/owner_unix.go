//go:build unix

package logfile

import (
	"os"
	"syscall"
)

// giveTo gives a file that root has created to the owner of its folder, as which the
// service runs later.
func giveTo(f *os.File, folder string) {
	info, err := os.Stat(folder)
	if err != nil || os.Geteuid() != 0 {
		return
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(owner.Uid), int(owner.Gid)) // it can be written by us in any case
	}
}
