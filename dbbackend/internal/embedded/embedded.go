// Package embedded makes SQLite databases with Glance's newest schema, for
// trials: nobody has to have a server to see the gateway at work.
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

// Create makes a database file of mode 0600, with demo images where they are
// wanted, and does nothing if the file exists. The file appears whole or not at
// all.
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
	// Link fails where another process was faster; its file is as good.
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
	// Readers and the writer do not block each other in this mode; it is kept
	// in the file.
	_, err = db.Exec("PRAGMA journal_mode = WAL")
	return err
}
