// Package answers tests how much memory the gateway takes for the answers that are
// under way.
package answers

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// full makes the answers as large as an attacker can.
var full = flag.Bool("answers.full", false, "a bulk request of 100 lists, in place of one of 30")

func TestMain(m *testing.M) {
	defer gateways.Clean()
	servers.Main(m)
}

const (
	// images are so many that a list of all of them is about 14 MB.
	images = 10_000

	mib = 1 << 20

	// allowed is `limits answers` of the gateway under test.
	allowed = 128 * mib

	// besides is what the process may take for everything else.
	besides = 128 * mib
)

// start runs a gateway on a database with many images.
func start(t *testing.T, dialect servers.Kind, directives string) *gateways.Gateway {
	t.Helper()
	db := servers.NewDatabase(t, dialect)
	const rows = 500
	for first := 0; first < images; first += rows {
		fill(t, db, first, first+rows)
	}
	return gateways.Start(t, "", fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\nlimits {\nanswers %dMiB\n}\n%s\n}",
		db.URL, allowed/mib, directives))
}

func fill(t *testing.T, db *servers.Database, first, end int) {
	t.Helper()
	const stamps = "'2026-01-02 03:04:05', '2026-01-02 03:04:05', NULL"
	no, yes := "0", "1"
	if db.Dialect == servers.PostgreSQL {
		no, yes = "false", "true"
	}
	var records, properties, locations []string
	for n := first; n < end; n++ {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		records = append(records, fmt.Sprintf("('%s', 'image %d', 4096, 'active', 'public', 0, 0, %s, %s, %s, %s)", id, n, yes, no, stamps, no))
		for p := range 3 {
			properties = append(properties, fmt.Sprintf("('%s', 'hw_property_%d', 'a value', %s, %s)", id, p, stamps, no))
		}
		locations = append(locations, fmt.Sprintf("('%s', 'rbd://cluster/images/%s/snap', '{}', 'active', %s, %s)", id, id, stamps, no))
	}
	for _, table := range []struct {
		into string
		rows []string
	}{
		{"images (id, name, size, status, visibility, min_disk, min_ram, protected, os_hidden, created_at, updated_at, deleted_at, deleted)", records},
		{"image_properties (image_id, name, value, created_at, updated_at, deleted_at, deleted)", properties},
		{"image_locations (image_id, value, meta_data, status, created_at, updated_at, deleted_at, deleted)", locations},
	} {
		if _, err := db.DB.Exec("INSERT INTO " + table.into + " VALUES " + strings.Join(table.rows, ", ")); err != nil {
			t.Fatal(err)
		}
	}
}

func onEachServer(t *testing.T, test func(*testing.T, servers.Kind)) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) { test(t, dialect) })
	}
}

// bulk is a request to /rpc with many lists of all images.
func bulk(lists int) string {
	const list = `{"command": "image_get_all", "kwargs": {}}`
	return "[" + strings.Repeat(list+", ", lists-1) + list + "]"
}
