package servers

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// root is the folder of another Debian, as debootstrap makes it, from which the
// servers of a kind are run; "" is this system. It is what KIND_ROOT in the
// environment says: POSTGRESQL_ROOT, MYSQL_ROOT, REDIS_ROOT, KEYSTONE_ROOT and
// GLANCE_ROOT.
func (k Kind) root() string {
	root := os.Getenv(strings.ToUpper(string(k)) + "_ROOT")
	if root == "" {
		return ""
	}
	return filepath.Clean(root)
}

// enterRoot is a script that runs a program in a root. The program has the process
// id of the shell. Its view of the temporary folder is ours, at the same path.
// All mounts go with the process, since they are in a namespace of its own.
const enterRoot = `set -e
root=$1 temporary=$2
shift 2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
touch "$root/etc/hosts"
mount --bind /etc/hosts "$root/etc/hosts"
mkdir -p "$root$temporary"
mount --rbind "$temporary" "$root$temporary"
exec chroot "$root" env --chdir="$PWD" "$@"
`

// inRoot is the command line that runs a program in a root under an account. The
// kernel forgets the signal of a parent's death when the account changes, so
// setpriv asks for it again.
func inRoot(root string, account *syscall.Credential, program string, args []string) []string {
	line := []string{"unshare", "--mount", "--propagation", "private", "sh", "-c", enterRoot, "sh", root, os.TempDir(),
		"setpriv", "--pdeathsig", "QUIT"}
	if account != nil {
		line = append(line, "--reuid="+strconv.Itoa(int(account.Uid)), "--regid="+strconv.Itoa(int(account.Gid)), "--clear-groups")
	}
	return append(append(line, program), args...)
}

// rootAccount finds the first of the names that a root's /etc/passwd knows.
func rootAccount(root string, names ...string) *syscall.Credential {
	file, err := os.Open(filepath.Join(root, "etc/passwd"))
	if err != nil {
		return nil
	}
	defer file.Close()
	accounts := map[string]*syscall.Credential{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Split(lines.Text(), ":")
		if len(fields) < 4 {
			continue
		}
		uid, errUID := strconv.ParseUint(fields[2], 10, 32)
		gid, errGID := strconv.ParseUint(fields[3], 10, 32)
		if errUID == nil && errGID == nil {
			accounts[fields[0]] = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	for _, name := range names {
		if account := accounts[name]; account != nil {
			return account
		}
	}
	return nil
}
