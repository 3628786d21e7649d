package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCount(t *testing.T) {
	events := `{"Action":"output","Package":"p","Test":"TestConformance/mysql","Output":"    run.go:78: mysql: 12 cases with 13 steps: 11 passed, 1 deviate as listed, 0 failed in 1.0 s\n"}
{"Action":"pass","Package":"p","Test":"TestConformance/mysql/a"}
{"Action":"fail","Package":"p","Test":"TestConformance/mysql/b"}
{"Action":"skip","Package":"p","Test":"TestConformance/sqlite"}
{"Action":"fail","Package":"p","Test":"TestConformance/mysql"}
{"Action":"fail","Package":"p","Test":"TestConformance"}
{"Action":"fail","Package":"p"}
not an event
`
	r, err := count(strings.NewReader(events), io.Discard)
	want := "**1 failed** (TestConformance/mysql/b), 1 passed; 12 cases with 13 steps: 11 passed, 1 deviate as listed, 0 failed"
	if err != nil || r.String() != want || r.skipped != 1 {
		t.Errorf("%s, %d skipped, %v", r, r.skipped, err)
	}
}

// A part that runs leaves the other lines, in the order of the matrix, and the
// text around the table.
func TestTable(t *testing.T) {
	page := "before\n\n" + head + "| PostgreSQL 18.6 | " + feed.name + " | 3 passed | 2026-01-02 |\n\nafter\n"
	lines := readTable(page)
	lines[key{"MySQL", feed.name}] = line{"MySQL 9.7.4", "2 passed", "2026-01-03"}
	got := writeTable(page, lines)
	want := "before\n\n" + head + "| MySQL 9.7.4 | " + feed.name + " | 2 passed | 2026-01-03 |\n" +
		"| PostgreSQL 18.6 | " + feed.name + " | 3 passed | 2026-01-02 |\n\nafter\n"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestVersions(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg"), 0o755); err != nil {
		t.Fatal(err)
	}
	status := "Package: mariadb-server\nStatus: install ok installed\nVersion: 1:11.8.9+ds-4\n\nPackage: valkey-server\nVersion: 9.1.2-1\n\nPackage: keystone\nVersion: 2:30.0.0-3\n\nPackage: postgresql-19\nVersion: 19.1-2\n"
	if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), []byte(status), 0o644); err != nil {
		t.Fatal(err)
	}
	for pkg, want := range map[string]string{"mariadb-server": "11.8.9", "valkey-server": "9.1.2", "keystone": "30.0.0", "postgresql-18": "19.1"} {
		if got, err := installed(root, pkg); got != want {
			t.Errorf("%s: %s, %v", pkg, got, err)
		}
	}
	if _, err := installed(root, "mysql-server"); err == nil {
		t.Error("a version of what is not there")
	}
}
