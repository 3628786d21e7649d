// Package releases makes databases as the releases of Glance made them, by steps
// like those of glance-manage: expand, migrate and contract. Its statements are
// in the folder ddl, one file for a step that changes anything, in a form that the
// three databases have in common.
package releases

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// Names are the schemas that New makes, in the order of time.
var Names = []string{"mitaka", "newton", "ocata-expanded", "ocata", "pike", "queens", "rocky", "train", "2026.2"}

// Newest is the last of them.
const Newest = "2026.2"

// upgrades are the releases with revisions of their own. The last two columns are
// the revisions of alembic.
var upgrades = []struct{ release, expand, contract string }{
	{"ocata", "ocata_expand01", "ocata_contract01"},
	{"pike", "pike_expand01", "pike_contract01"},
	{"queens", "queens_expand01", "queens_contract01"},
	{"rocky", "rocky_expand02", "rocky_contract02"},
	{"train", "train_expand01", "train_contract01"},
	{"ussuri", "ussuri_expand01", "ussuri_contract01"},
	{"wallaby", "wallaby_expand01", "wallaby_contract01"},
	{"2023.1", "2023_1_expand01", "2023_1_contract01"},
	{"2024.1", "2024_1_expand01", "2024_1_contract01"},
}

// schemaOf are names of releases whose schema came with another one.
var schemaOf = map[string]string{Newest: "2024.1", "stein": "rocky", "zed": "wallaby"}

// Phase is a part of an upgrade.
type Phase string

// The phases, in their order.
const (
	Expand   Phase = "expand"
	Migrate  Phase = "migrate"
	Contract Phase = "contract"
)

// New makes a database with the schema of a release.
func New(t testing.TB, dialect servers.Kind, name string) *servers.Database {
	t.Helper()
	db := servers.NewEmptyDatabase(t, dialect)
	if err := Make(t.Context(), db, name); err != nil {
		t.Fatal(err)
	}
	return db
}

// Make brings an empty database to the schema of a release.
func Make(ctx context.Context, db *servers.Database, name string) error {
	if err := run(ctx, db, "mitaka.sql", false); err != nil {
		return err
	}
	switch name {
	case "mitaka", "newton":
		return nil
	case "ocata-expanded":
		return Step(ctx, db, "ocata", Expand, true)
	}
	return Sync(ctx, db, "mitaka", name)
}

// Sync upgrades a database as "glance-manage db sync" does while nothing runs,
// from one release to another. The data step of Ocata, too, takes place.
func Sync(ctx context.Context, db *servers.Database, from, to string) error {
	return Upgrade(ctx, db, from, to, func(release string, phase Phase) error { return Step(ctx, db, release, phase, false) })
}

// Upgrade calls step with every step between two releases.
func Upgrade(ctx context.Context, db *servers.Database, from, to string, step func(release string, phase Phase) error) error {
	last, first := indexOf(to), indexOf(from)+1
	if last < 0 {
		return fmt.Errorf("%s is no release", to)
	}
	for n := first; n <= last; n++ {
		for _, phase := range []Phase{Expand, Migrate, Contract} {
			if err := step(upgrades[n].release, phase); err != nil {
				return fmt.Errorf("%s %s: %w", upgrades[n].release, phase, err)
			}
		}
	}
	return nil
}

// Step is one phase of the upgrade to a release. Online, an expand step leaves
// what old and new services need beside each other.
func Step(ctx context.Context, db *servers.Database, release string, phase Phase, online bool) error {
	n := indexOf(release)
	if n < 0 {
		return fmt.Errorf("%s is no release with an upgrade", release)
	}
	if err := run(ctx, db, upgrades[n].release+"."+string(phase)+".sql", online); err != nil {
		return err
	}
	var heads []string
	switch {
	case phase == Contract:
		heads = []string{upgrades[n].contract}
	case phase == Migrate:
		return nil
	case n > 0:
		heads = []string{upgrades[n-1].contract, upgrades[n].expand}
	default:
		heads = []string{upgrades[n].expand}
	}
	return setHeads(ctx, db.DB, heads)
}

// Stamp gives a database of Mitaka or Newton a revision of alembic, the only ones
// that today's glance-manage knows: mitaka02 for what they had.
func Stamp(ctx context.Context, db *servers.Database, revision string) error {
	if _, err := db.DB.ExecContext(ctx, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"); err != nil {
		return err
	}
	return setHeads(ctx, db.DB, []string{revision})
}

func indexOf(release string) int {
	if of, ok := schemaOf[release]; ok {
		release = of
	}
	return slices.IndexFunc(upgrades, func(u struct{ release, expand, contract string }) bool { return u.release == release })
}

// setHeads is the last thing that a step does.
func setHeads(ctx context.Context, db *sql.DB, heads []string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, "DELETE FROM alembic_version"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO alembic_version (version_num) VALUES ('"+strings.Join(heads, "'), ('")+"')"); err != nil {
		return err
	}
	return tx.Commit()
}
