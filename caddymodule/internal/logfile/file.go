package logfile

import (
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	fileMode   = 0o640
	folderMode = 0o750

	// lookInterval is how long lines may go into a file that was moved away.
	lookInterval = time.Second

	// maxEarly bounds what is kept for the file, in bytes.
	maxEarly = 1 << 16
)

// file is a log. Its file is opened when it is first needed.
type file struct {
	name string

	mu     sync.Mutex
	file   *os.File // nil: it is not open
	looked time.Time
	early  []byte // what was written before the configuration ran
}

// Write implements io.Writer. A line that can't be written into the file goes to
// standard error.
func (f *file) Write(line []byte) (int, error) {
	running := isRunning()
	f.mu.Lock()
	defer f.mu.Unlock()
	if running && f.follow() == nil || f.file != nil {
		n, err := f.file.Write(line)
		if running && err == nil {
			return n, nil
		}
	} else if !running && len(f.early)+len(line) <= maxEarly {
		f.early = append(f.early, line...)
	}
	return os.Stderr.Write(line)
}

// open makes the file or opens it.
func (f *file) open() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.follow(); err != nil {
		return err
	}
	_, err := f.file.Write(f.early)
	f.early = nil
	return err
}

// follow opens the file, and again when there is another one, or none, under its
// name.
func (f *file) follow() error {
	if f.file != nil {
		if time.Since(f.looked) < lookInterval || f.isSame() {
			return nil
		}
	}
	folder := filepath.Dir(f.name)
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return err
	}
	_, missing := os.Stat(f.name)
	opened, err := os.OpenFile(f.name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, fileMode)
	if err != nil {
		return err
	}
	if missing != nil {
		giveTo(opened, folder)
	}
	if f.file != nil {
		_ = f.file.Close() // every line is written already
	}
	f.file, f.looked = opened, time.Now()
	return nil
}

func (f *file) isSame() bool {
	f.looked = time.Now()
	open, err := f.file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(f.name)
	return err == nil && os.SameFile(open, named)
}

// Close implements io.Closer.
func (f *file) Close() error {
	logs.Lock()
	delete(logs.files, f)
	logs.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}
