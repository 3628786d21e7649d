// Package schema makes Glance's tables as its releases made them, by steps like
// those of glance-manage: expand, migrate and contract. Its statements are in the
// folder ddl, one file for a step that changes anything, in a form that the three
// databases have in common. Package releases compares the results with the records
// in testdata.
package schema

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Names are the schemas that Make makes, in the order of time.
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

// DB is a database whose tables are made.
type DB struct {
	*sql.DB
	Dialect Dialect
}

// Make makes the tables of a release in an empty database: those of the record,
// or where migrations left more than it has, those that the steps make.
func (db DB) Make(ctx context.Context, release string) error {
	switch release {
	case "mitaka", "newton", "ocata-expanded":
		return db.Sync(ctx, release)
	}
	r, err := Read(release)
	if err != nil {
		return err
	}
	return db.execute(ctx, r.statements(db.Dialect))
}

// Sync brings an empty database to Mitaka, and from there to a release as
// "glance-manage db sync" does while nothing runs.
func (db DB) Sync(ctx context.Context, release string) error {
	if err := db.run(ctx, "mitaka.sql", false); err != nil {
		return err
	}
	switch release {
	case "mitaka", "newton":
		return nil
	case "ocata-expanded":
		return db.Step(ctx, "ocata", Expand, true)
	}
	return Upgrade("mitaka", release, func(release string, phase Phase) error { return db.Step(ctx, release, phase, false) })
}

// Upgrade calls step with every step between two releases.
func Upgrade(from, to string, step func(release string, phase Phase) error) error {
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
func (db DB) Step(ctx context.Context, release string, phase Phase, online bool) error {
	n := indexOf(release)
	if n < 0 {
		return fmt.Errorf("%s is no release with an upgrade", release)
	}
	if err := db.run(ctx, upgrades[n].release+"."+string(phase)+".sql", online); err != nil {
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
	return db.setHeads(ctx, heads)
}

// Stamp gives a database of Mitaka or Newton a revision of alembic, the only ones
// that today's glance-manage knows: mitaka02 for what they had.
func (db DB) Stamp(ctx context.Context, revision string) error {
	if _, err := db.ExecContext(ctx, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"); err != nil {
		return err
	}
	return db.setHeads(ctx, []string{revision})
}

func indexOf(release string) int {
	if of, ok := schemaOf[release]; ok {
		release = of
	}
	return slices.IndexFunc(upgrades, func(u struct{ release, expand, contract string }) bool { return u.release == release })
}

// setHeads is the last thing that a step does.
func (db DB) setHeads(ctx context.Context, heads []string) error {
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
