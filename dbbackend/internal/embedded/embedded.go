// Package embedded creates SQLite databases with Glance's newest schema, for trying
// the gateway without a database server.
package embedded

import (
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

//go:embed schema.sql
var schema string

//go:embed demo.sql
var demo string

// Create creates a database file with mode 0600, optionally with demo images. It does
// nothing if the file exists. The file appears complete or not at all.
func Create(path string, withDemo bool) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".glance-registry-*")
	if err != nil {
		return fmt.Errorf("create database %s: %w", path, err)
	}
	defer os.RemoveAll(dir)
	draft := filepath.Join(dir, "draft.sqlite")
	if err := fill(draft, withDemo); err != nil {
		return fmt.Errorf("create database %s: %w", path, err)
	}
	// Link fails if another process was faster. Its file is equally good.
	if err := os.Link(draft, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("create database %s: %w", path, err)
	}
	return nil
}

func fill(path string, withDemo bool) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	defer db.Close()
	script := "BEGIN;\n" + schema
	if withDemo {
		script += demo
	}
	if _, err := db.Exec(script + "COMMIT;"); err != nil {
		return err
	}
	// In this mode, readers and the writer do not block each other. The file keeps it.
	_, err = db.Exec("PRAGMA journal_mode = WAL")
	return err
}
