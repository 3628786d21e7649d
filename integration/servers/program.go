package servers

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
)

// programs are the executables that each kind needs.
var programs = map[Kind][]string{
	PostgreSQL: {"initdb", "postgres"},
	MySQL:      {"mariadb-install-db", "mariadbd"},
	Redis:      {"redis-server"},
	Keystone:   {"keystone-manage", "keystone-wsgi-public", "uwsgi"},
	Glance:     {"glance-api", "glance-manage"},
}

// locate finds an executable. Debian keeps PostgreSQL's outside PATH, in a
// folder per version; 15 comes first because the recorded answers come from it,
// and PATH last because a wrapper there may start another version.
func locate(program string) (string, error) {
	others, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(others)
	folders := slices.Concat([]string{"/usr/lib/postgresql/15/bin"}, others, []string{"/usr/sbin"})
	for _, folder := range folders {
		if path, err := exec.LookPath(filepath.Join(folder, program)); err == nil {
			return path, nil
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("%s is neither in PATH nor in /usr/sbin or /usr/lib/postgresql", program)
	}
	return path, nil
}
