package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// startLimit bounds the start of one server; a loaded machine with two cores
// may need a good part of it.
const startLimit = time.Minute

// process is a running server. Its output goes to the file "log" of its folder.
type process struct {
	folder  folder
	cmd     *exec.Cmd
	program string
	args    []string
	done    chan struct{} // closed when the process has ended
}

// launch starts a server.
func launch(f folder, program string, args ...string) (*process, error) {
	cmd, err := f.command(program, args...)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(f.file("log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	p := &process{folder: f, cmd: cmd, program: program, args: args, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The parent whose death the kernel watches is a thread, not the
		// process: keep this one until the server has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return p, nil
}

// await calls ready until it succeeds, the server ends or startLimit is over.
func (p *process) await(ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return errors.New("the server ended while starting:\n" + p.output())
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer within %s: %w\n%s", startLimit, err, p.output())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// output is the end of what the server wrote.
func (p *process) output() string {
	text, _ := os.ReadFile(p.folder.file("log"))
	return string(text[max(0, len(text)-4096):])
}

// stop ends the server with the given signal, which need not be a gentle one
// since the data are not read again, and removes its folder.
func (p *process) stop(signal os.Signal) {
	_ = p.cmd.Process.Signal(signal)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	p.folder.remove()
}

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
