package servers

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Pause stops the server where it is: its connections stay, and nobody answers.
// It goes on with the test's end, or with Continue.
func (s *Server) Pause(t testing.TB) {
	t.Helper()
	t.Cleanup(func() { s.signal(syscall.SIGCONT) })
	s.signal(syscall.SIGSTOP)
}

// Continue lets a paused server go on.
func (s *Server) Continue(t testing.TB) {
	t.Helper()
	s.signal(syscall.SIGCONT)
}

// signal reaches the processes that the server has started, too.
func (s *Server) signal(signal syscall.Signal) {
	pid := s.process.cmd.Process.Pid
	_ = syscall.Kill(pid, signal)
	files, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		for child := range strings.FieldsSeq(string(text)) {
			if n, err := strconv.Atoi(child); err == nil {
				_ = syscall.Kill(n, signal)
			}
		}
	}
}
