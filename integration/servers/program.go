package servers

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
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
	case Glance:
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

// has tells whether a root has an executable.
func has(root, program string) bool {
	_, err := locate(root, program)
	return err == nil
}

// hasModule tells whether Debian's Python in a root has the file of a module.
// Keystone and Glance of 2026 run in a WSGI server only, which loads it.
func hasModule(root, file string) bool {
	found, _ := filepath.Glob(filepath.Join("/", root, "usr/lib/python3/dist-packages", file))
	return len(found) > 0
}
