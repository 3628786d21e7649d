package servers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// folder is a temporary folder that belongs to the account of one server.
type folder struct {
	path  string
	root  string // where the programs are
	owner *syscall.Credential
	held  *os.File // locked
	disk  bool     // data is a file system of its own
}

func folderPrefix(kind Kind) string { return "glancegate-" + string(kind) + "-" }

// newFolder makes a folder of a kind of servers, for the first of the accounts
// that exists; without accounts it is the caller's.
func newFolder(kind Kind, accounts ...string) (folder, error) {
	sweep(kind)
	root := kind.root()
	var owner *syscall.Credential
	if len(accounts) > 0 {
		owner = credential(root, accounts...)
	}
	path, err := os.MkdirTemp("", folderPrefix(kind))
	if err != nil {
		return folder{}, err
	}
	f := folder{path: path, root: root, owner: owner}
	if err := f.lock(); err != nil {
		return f, err
	}
	if owner != nil {
		err = os.Chown(path, int(owner.Uid), int(owner.Gid))
	}
	return f, err
}

func (f folder) file(name string) string { return filepath.Join(f.path, name) }

// mount gives the folder data a file system of its own, with so many bytes. It
// is in memory.
func (f *folder) mount(size int64) error {
	if err := os.Mkdir(f.file("data"), 0o700); err != nil {
		return err
	}
	options := fmt.Sprintf("size=%d,mode=700", size)
	if f.owner != nil {
		options += fmt.Sprintf(",uid=%d,gid=%d", f.owner.Uid, f.owner.Gid)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", f.file("data")).CombinedOutput(); err != nil {
		return fmt.Errorf("mount: %w: %s", err, out)
	}
	f.disk = true
	return nil
}

func (f folder) remove() {
	if f.disk {
		_ = exec.Command("umount", "--lazy", f.file("data")).Run()
	}
	_ = os.RemoveAll(f.path)
	_ = f.held.Close()
}

// write makes a file that the server may read.
func (f folder) write(name, text string) error {
	return os.WriteFile(f.file(name), []byte(text), 0o644)
}

// command prepares a program to run in the folder, under the folder's account
// and with nothing of the caller's environment: its locale, time zone and client
// settings must not decide how a test ends.
func (f folder) command(program string, args ...string) (*exec.Cmd, error) {
	path, err := locate(f.root, program)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.SysProcAttr = attributes(f.owner)
	if f.root != "" {
		line := inRoot(f.root, f.owner, path, args)
		cmd = exec.Command(line[0], line[1:]...)
		cmd.SysProcAttr = attributes(nil)
	}
	cmd.Dir = f.path
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + f.path, "TMPDIR=" + f.path, "LC_ALL=C", "TZ=UTC"}
	return cmd, nil
}

// run runs a program to its end.
func (f folder) run(program string, args ...string) error {
	cmd, err := f.command(program, args...)
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return nil
}
