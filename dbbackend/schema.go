package dbbackend

import (
	"context"
	"slices"

	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/registry/records"
)

func (b *Backend) readSchema(ctx context.Context) (*sqltext.Schema, error) {
	if b.prepare != nil {
		if err := b.prepare(ctx); err != nil {
			return nil, &records.Error{Kind: records.Unavailable, Message: "The database can't be created", Err: err}
		}
	}
	s := &sqltext.Schema{}
	if err := b.readColumns(ctx, s); err != nil {
		return nil, err
	}
	if err := b.readVersions(ctx, s, &s.Found); err != nil {
		return nil, err
	}
	// A step of an upgrade writes its revision after its columns. Columns read after
	// the revision are at least as new, and later changes have another revision.
	if err := b.readColumns(ctx, s); err != nil {
		return nil, err
	}
	s.Complete(b.d)
	if s.State.Readable() {
		if err := b.readTriggers(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (b *Backend) readColumns(ctx context.Context, s *sqltext.Schema) error {
	r, err := b.pool.Query(ctx, b.d.NewStatement("schema").SQL(b.d.Columns))
	if err != nil {
		return err
	}
	defer r.Close()
	s.ClearColumns()
	for r.Next() {
		var table, name string
		var nullable, hasDefault int64
		if err := r.Scan(&table, &name, &nullable, &hasDefault); err != nil {
			return err
		}
		s.AddColumn(table, name, nullable != 0, hasDefault != 0)
	}
	return r.Err()
}

// readTriggers is needed while images have both columns. A user without the TRIGGER
// privilege sees no triggers; hiddenTriggers is set after they refuse a statement.
func (b *Backend) readTriggers(ctx context.Context, s *sqltext.Schema) error {
	if !s.HasBothVisibilities() || b.d.Triggers == "" {
		b.hiddenTriggers.Store(false)
		return nil
	}
	if b.hiddenTriggers.Load() {
		s.SetTriggers(sqltext.InsertTrigger, sqltext.UpdateTrigger)
		return nil
	}
	var names []string
	if err := collect(ctx, b.pool, b.d.NewStatement("schema_triggers").SQL(b.d.Triggers), &names); err != nil {
		return err
	}
	s.SetTriggers(names...)
	return nil
}

// readVersions reads the version tables that exist.
func (b *Backend) readVersions(ctx context.Context, s *sqltext.Schema, into *release.Found) error {
	into.Alembic, into.Migrate = nil, nil
	if s.Has("alembic_version", "version_num") {
		st := b.d.NewStatement("schema_revision").SQL("SELECT version_num FROM alembic_version")
		if err := collect(ctx, b.pool, st, &into.Alembic); err != nil {
			return err
		}
	}
	if s.Has("migrate_version", "version") && s.Has("migrate_version", "repository_id") {
		st := b.d.NewStatement("schema_version").SQL(
			"SELECT version FROM migrate_version WHERE repository_id = 'Glance Migrations' AND version IS NOT NULL")
		if err := collect(ctx, b.pool, st, &into.Migrate); err != nil {
			return err
		}
	}
	slices.Sort(into.Alembic)
	return nil
}

// collect reads a result of one column.
func collect[T any](ctx context.Context, from pool.Session, st *sqltext.Statement, into *[]T) error {
	r, err := from.Query(ctx, st)
	if err != nil {
		return err
	}
	defer r.Close()
	for r.Next() {
		var v T
		if err := r.Scan(&v); err != nil {
			return err
		}
		*into = append(*into, v)
	}
	return r.Err()
}
