package dbbackend

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/internal/fault"
	"github.com/glancegate/glancegate/registry/records"
)

// TestUnknownRevision reads a newer schema, and writes to it only if that is allowed.
func TestUnknownRevision(t *testing.T) {
	path := filepath.Join(t.TempDir(), "glance.sqlite")
	for _, allowed := range []bool{false, true} {
		b, err := Open(Config{URL: "sqlite:///" + path, Demo: true, AllowUnknownSchema: allowed})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Check(context.Background()); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("UPDATE alembic_version SET version_num = '2030_1_contract01'"); err != nil {
			t.Fatal(err)
		}
		db.Close()
		b.reread(b.known.Load(), fault.Stale, 1)
		if _, err := b.Images(context.Background(), &records.Query{Limit: 1, Sort: []records.SortKey{{Column: "id"}}}); err != nil {
			t.Errorf("reading: %v", err)
		}
		err = b.InTx(context.Background(), func(records.Tx) error { return nil })
		var refusal *records.Error
		if allowed != (err == nil) || !allowed && (!errors.As(err, &refusal) || refusal.Kind != records.ReadOnly) {
			t.Errorf("writing, allowed %v: %v", allowed, err)
		}
		b.Close()
	}
}
