package servers

import (
	"os"
	"path/filepath"
	"syscall"
)

// lockFile is held locked by the process to which a folder belongs. The lock goes
// with the process, however that ends.
const lockFile = "lock"

// lock marks the folder as in use. Whoever sees the file finds it locked.
func (f *folder) lock() error {
	file, err := os.Create(f.file("unlocked"))
	if err != nil {
		return err
	}
	f.held = file
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	return os.Rename(file.Name(), f.file(lockFile))
}

// sweep removes the folders of a kind that killed processes have left: those of
// databases take a hundred megabytes each.
func sweep(kind Kind) {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix(kind)+"*", lockFile))
	for _, path := range left {
		file, err := os.Open(path)
		if err != nil {
			continue
		}
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(filepath.Dir(path))
		}
		_ = file.Close()
	}
}
