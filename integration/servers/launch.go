package servers

import (
	"context"
	"os"
	"syscall"
	"testing"
)

// Process is a program of one test, which runs under the account of the test, in
// a folder of its own and without the environment of the caller.
type Process struct{ process *process }

// Launch starts a program, whose folder has the given files. What it writes is
// in Output. It is killed at the end of the test, and its folder is removed.
func Launch(t testing.TB, name string, files map[string]string, program string, args ...string) *Process {
	t.Helper()
	f, err := newFolder(Kind(name))
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range files {
		if err := f.write(file, text); err != nil {
			t.Fatal(err)
		}
	}
	p, err := launch(f, program, args...)
	if err != nil {
		f.remove()
		t.Fatal(err)
	}
	launched := &Process{p}
	t.Cleanup(func() { launched.process.stop(syscall.SIGKILL) })
	return launched
}

// Again starts the program anew after it has ended.
func (p *Process) Again(t testing.TB) {
	t.Helper()
	var err error
	if p.process, err = launch(p.process.folder, p.process.cmd.Path, p.process.cmd.Args[1:]...); err != nil {
		t.Fatal(err)
	}
}

// Ready calls a function until it succeeds. There is an error where the program
// ends before that.
func (p *Process) Ready(ready func(context.Context) error) error { return p.process.await(ready) }

// ID is the number of the process.
func (p *Process) ID() int { return p.process.cmd.Process.Pid }

// Signal sends a signal.
func (p *Process) Signal(signal os.Signal) { _ = p.process.cmd.Process.Signal(signal) }

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.process.done }

// Output is the end of what the program wrote.
func (p *Process) Output() string { return p.process.output() }
