package servers

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// needs are the executables of a kind.
func (k Kind) needs() []string {
	root := k.root()
	switch k {
	case PostgreSQL:
		return []string{"initdb", "postgres"}
	case MySQL:
		if isMySQL(root) {
			return []string{"mysqld"}
		}
		return []string{"mariadb-install-db", "mariadbd"}
	case Redis:
		return []string{redisProgram(root)}
	case Keystone:
		if hasModule(root, "keystone/wsgi/api.py") {
			return []string{"keystone-manage", "uwsgi"}
		}
		return []string{"keystone-manage", "keystone-wsgi-public", "uwsgi"}
	case Chromium:
		return []string{"chromium"}
	case Nginx:
		return []string{"nginx"}
	case Varnish:
		return []string{"varnishd"}
	case Glance, OtherGlance:
		if hasModule(root, "glance/wsgi/api.py") {
			return []string{"glance-manage", "uwsgi"}
		}
		return []string{"glance-api", "glance-manage"}
	}
	return nil
}

// locate finds an executable in a root, and returns its path as seen from there.
// Debian keeps PostgreSQL's outside PATH, in a folder per version; 15 comes first
// because the recorded answers come from it, and PATH last because a wrapper there
// may start another version.
func locate(root, program string) (string, error) {
	others, _ := filepath.Glob(filepath.Join(root, "/usr/lib/postgresql/*/bin"))
	slices.Reverse(others)
	folders := slices.Concat([]string{filepath.Join(root, "/usr/lib/postgresql/15/bin")}, others, []string{filepath.Join(root, "/usr/sbin")})
	if root != "" {
		folders = append(folders, filepath.Join(root, "/usr/bin"))
	}
	for _, folder := range folders {
		if path, err := exec.LookPath(filepath.Join(folder, program)); err == nil {
			return path[len(root):], nil
		}
	}
	if root != "" {
		return "", fmt.Errorf("%s is neither in usr/bin nor in usr/sbin or usr/lib/postgresql of %s", program, root)
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("%s is neither in PATH nor in /usr/sbin or /usr/lib/postgresql", program)
	}
	return path, nil
}

// has reports whether a root has an executable.
func has(root, program string) bool {
	_, err := locate(root, program)
	return err == nil
}

// hasModule reports whether Debian's Python in a root has the file of a module.
// Keystone and Glance of 2026 run in a WSGI server only, which loads it.
func hasModule(root, file string) bool {
	found, _ := filepath.Glob(filepath.Join("/", root, "usr/lib/python3/dist-packages", file))
	return len(found) > 0
}

// root is the folder of another Debian, as debootstrap makes it, from which the
// servers of a kind are run; "" is this system. It is what KIND_ROOT in the
// environment says: POSTGRESQL_ROOT, MYSQL_ROOT, REDIS_ROOT, KEYSTONE_ROOT,
// GLANCE_ROOT and OTHER_GLANCE_ROOT.
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
