package dbbackend

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
)

// meddling changes the database right before a statement.
type meddling struct {
	pool.Pool
	before string
	change func()
}

func (p *meddling) Query(ctx context.Context, s *sqltext.Statement) (pool.Rows, error) {
	if s.Name == p.before && p.change != nil {
		p.change()
		p.change = nil
	}
	return p.Pool.Query(ctx, s)
}

// An upgrade that ends while the schema is read is not missed: its revision would
// be known and its columns would not, until another change.
func TestUpgradeWhileTheSchemaIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "glance.sqlite")
	b, err := Open(Config{URL: "sqlite:///" + path, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	execute := func(statement string) {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	execute("UPDATE alembic_version SET version_num = 'queens_contract01'")
	execute("DROP INDEX os_hidden_image_idx")
	execute("ALTER TABLE images DROP COLUMN os_hidden")
	b.pool = &meddling{b.pool, "schema_revision", func() {
		execute("ALTER TABLE images ADD COLUMN os_hidden BOOLEAN NOT NULL DEFAULT 0")
		execute("UPDATE alembic_version SET version_num = 'rocky_contract02'")
	}}
	s, err := b.refresh(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Has("images", "os_hidden") && b.upToDate(t.Context()) {
		t.Errorf("%s without its columns is said to be up to date", s.State)
	}
}
