package dbbackend

import (
	"context"
	"slices"

	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/registry/records"
)

// readVersions reads the version tables that the schema has.
func (b *Backend) readVersions(ctx context.Context, s *schema, into *release.Found) error {
	into.Alembic, into.Migrate = nil, nil
	if s.has("alembic_version", "version_num") {
		st := b.d.statement("schema_revision").sql("SELECT version_num FROM alembic_version")
		if err := collect(ctx, b.pool, st, &into.Alembic); err != nil {
			return err
		}
	}
	if s.has("migrate_version", "version") && s.has("migrate_version", "repository_id") {
		st := b.d.statement("schema_version").sql(
			"SELECT version FROM migrate_version WHERE repository_id = 'Glance Migrations' AND version IS NOT NULL")
		if err := collect(ctx, b.pool, st, &into.Migrate); err != nil {
			return err
		}
	}
	slices.Sort(into.Alembic)
	return nil
}

// collect reads a result of one column.
func collect[T any](ctx context.Context, from session, st *statement, into *[]T) error {
	r, err := from.query(ctx, st)
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

// checkReadable refuses to read what is none of Glance's databases.
func (s *schema) checkReadable() error {
	if s.state.Readable() {
		return nil
	}
	return records.Errorf(records.Unavailable, "%s", s.state.Note)
}

// checkWritable refuses to write where columns may have come that a writer has
// to know. What is read is right all the same.
func (s *schema) checkWritable(allowUnknown bool) error {
	switch {
	case !s.state.Readable():
		return s.checkReadable()
	case !s.state.Writable(allowUnknown):
		return records.Errorf(records.ReadOnly, "Read-only access: %s (allow_unknown_schema)", s.state.Note)
	case s.required != "":
		return records.Errorf(records.ReadOnly, "Read-only access: every row needs a value for %s, "+
			"a column that this gateway does not know", s.required)
	}
	return nil
}
