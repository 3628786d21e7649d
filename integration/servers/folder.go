package servers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
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

// lockFile is held locked by the process to which a folder belongs. The lock goes
// with the process, however that ends.
const lockFile = "lock"

// lock marks the folder as in use. The file is locked as soon as it is visible.
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

// credential is the account under which a server runs: the first of the names
// that exists in its root when the tests run as root, which PostgreSQL and MariaDB
// refuse to run as, and nil (the caller's own account) otherwise.
func credential(root string, names ...string) *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	names = append(names, "nobody")
	if root != "" {
		return rootAccount(root, names...)
	}
	for _, name := range names {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(account.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(account.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

// NewServerOnDisk is NewServer with a disk of its own, of so many bytes. The
// test is skipped where that can't be made; it needs root.
func NewServerOnDisk(t testing.TB, dialect Kind, size int64, args ...string) *Server {
	t.Helper()
	if os.Geteuid() != 0 {
		kit.Lacking(t, "only root can mount a file system")
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
