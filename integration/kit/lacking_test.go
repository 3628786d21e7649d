package kit

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A test is skipped by Lacking, or for one of these reasons.
func TestSkips(t *testing.T) {
	want := map[string]int{
		"integration/kit/lacking.go":               1,
		"integration/servers/servers.go":           2, // ONLY_SERVERS leaves it out; there is no second release of Glance
		"integration/servers/galera.go":            1, // MySQL has no Galera
		"integration/servers/group.go":             1, // MariaDB has no Group Replication
		"integration/glanceapi/zed_images_test.go": 1, // an API of later releases
		"integration/conformance/run.go":           1, // skips.json
		"integration/publicreads/lagging_test.go":  2, // the statements of the changes are MySQL's
		"integration/benchmark/scale_test.go":      1, // by GLANCE_SCALE=1
		"integration/benchmark/suite_test.go":      1, // by -suite
		"integration/coherence/hitrate_test.go":    1, // a change of a SQLite file concerns every list
		"dbbackend/feed/mysql_history_test.go":     1, // MariaDB takes the statement
		"dbbackend/feed/mysql_advice_test.go":      2, // MySQL has no such plugin, and writes what it replicates
	}
	call, found := regexp.MustCompile(`\b[tbf]\.Skip(f|Now)?\(`), map[string]int{}
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasPrefix(path, ".") {
			return err
		}
		text, err := os.ReadFile(filepath.Join("../..", path))
		if n := len(call.FindAll(text, -1)); n > 0 {
			found[path] = n
		}
		return err
	})
	if err != nil || !maps.Equal(found, want) {
		t.Errorf("tests are skipped in %v, want %v (%v)", found, want, err)
	}
}
