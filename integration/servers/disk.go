package servers

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// NewServerOnDisk is NewServer with a disk of its own, of so many bytes. The
// test is skipped where that can't be made; it needs root.
func NewServerOnDisk(t testing.TB, dialect Kind, size int64, args ...string) *Server {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can mount a file system")
	}
	return newServer(t, dialect, size, args...)
}

// filler is what takes the room of a disk.
const filler = "data/filler"

// FillDisk leaves no room on the disk of the server.
func (s *Server) FillDisk(t testing.TB) {
	t.Helper()
	file, err := os.Create(s.process.folder.file(filler))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for block := make([]byte, 1<<20); len(block) > 0; {
		switch _, err := file.Write(block); {
		case errors.Is(err, syscall.ENOSPC):
			block = block[:len(block)/2]
		case err != nil:
			t.Fatal(err)
		}
	}
}

// FreeDisk gives the room back. A server that has ended for lack of it is started
// again, as a service manager does.
func (s *Server) FreeDisk(t testing.TB) {
	t.Helper()
	if err := os.Remove(s.process.folder.file(filler)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.process.done:
		t.Logf("%s has ended:\n%s", s.kind, s.process.output())
		s.Start(t)
	default:
	}
}
