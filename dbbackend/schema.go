package dbbackend

import (
	"context"
	"strings"

	"github.com/glancegate/glancegate/registry"
)

// schema is what the database has, and the SQL that follows from it. It is
// read when the first statement runs, and again when a statement meets a
// column or table that is not there (database-schema.md, 2.3).
type schema struct {
	columns map[string]map[string]bool

	// imageColumns is the select list of an image in the layout of recordRow.
	imageColumns string

	// record is the SQL that reads an image with all its children.
	record string

	// unknown is a revision that this program does not know, where writes are
	// refused for it.
	unknown string

	// visibility is an SQL expression for an image's visibility as text.
	// visibilityIs compares like it with the name of a visibility; where it is
	// the bare column, planners know how many rows have which.
	visibility, visibilityIs string
}

func (b *Backend) readSchema(ctx context.Context) (*schema, error) {
	if b.prepare != nil {
		if err := b.prepare(ctx); err != nil {
			return nil, &registry.Error{Kind: registry.Unavailable, Message: "The database can't be made", Err: err}
		}
	}
	r, err := b.pool.query(ctx, b.d.statement("schema").sql(b.d.columns))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	s := &schema{columns: map[string]map[string]bool{}}
	for r.Next() {
		var table, column string
		if err := r.Scan(&table, &column); err != nil {
			return nil, err
		}
		if s.columns[table] == nil {
			s.columns[table] = map[string]bool{}
		}
		s.columns[table][column] = true
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	if !s.has("images", "id") {
		return nil, registry.Errorf(registry.Unavailable,
			"The database has no table images: create Glance's schema with glance-manage db_sync, or correct the database URL")
	}
	if !b.allowUnknownSchema {
		if s.unknown, err = b.unknownRevision(ctx, s); err != nil {
			return nil, err
		}
	}
	s.visibility = s.visibilityExpression(b.d)
	s.visibilityIs = s.visibility
	if !s.has("images", "is_public") {
		s.visibilityIs = "i.visibility"
	}
	s.imageColumns = strings.Join([]string{
		"0", "i.id", "i.size", "i.virtual_size", "i.min_disk", "i.min_ram",
		"i.name", "i.status", s.visibility, "i.disk_format", "i.container_format",
		"i.checksum", "i.owner", s.optional("os_hash_algo", b.d.nullText), s.optional("os_hash_value", b.d.nullText),
		"i.protected", s.optional("os_hidden", b.d.nullBool),
		"i.created_at", "i.updated_at", "i.deleted_at", "i.deleted",
	}, ", ")
	s.record = b.recordText(s)
	return s, nil
}

func (s *schema) has(table, column string) bool { return s.columns[table][column] }

// optional names a column of images, or a typed NULL where it is missing.
func (s *schema) optional(column, null string) string {
	if s.has("images", column) {
		return "i." + column
	}
	return null
}

// visibilityExpression reads the visibility from whichever column the release
// has; while an upgrade is under way the new one wins where it has a value
// (database-schema.md, 4.2).
func (s *schema) visibilityExpression(d *dialect) string {
	old := "CASE WHEN i.is_public THEN 'public'" +
		" WHEN EXISTS (SELECT 1 FROM image_members v WHERE v.image_id = i.id AND NOT v.deleted) THEN 'shared'" +
		" ELSE 'private' END"
	switch {
	case !s.has("images", "visibility"):
		return old
	case s.has("images", "is_public"):
		return "COALESCE(" + d.enumText("i.visibility") + ", " + old + ")"
	}
	return d.enumText("i.visibility")
}

// schema returns what was read last, or reads it.
func (b *Backend) schema(ctx context.Context) (*schema, error) {
	if s := b.known.Load(); s != nil {
		return s, nil
	}
	s, err := b.readSchema(ctx)
	if err != nil {
		return nil, err
	}
	b.known.Store(s)
	return s, nil
}
