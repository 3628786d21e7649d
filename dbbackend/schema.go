package dbbackend

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/registry/records"
)

// schema is what the database has, and the SQL that follows from it. It is
// read when the first statement runs, again when a statement meets a column or
// table that is not there, and when the version of the schema has changed
// (database-schema.md, 2.3).
type schema struct {
	columns map[string]map[string]column
	found   release.Found
	state   release.State

	// triggers are those that keep visibility and is_public in step.
	triggers map[string]bool

	// required is a column that a writer has to give a value to and that this
	// program does not know; empty: there is none.
	required string

	// imageColumns is the select list of an image in the layout of recordRow.
	imageColumns string

	// record is the SQL that reads an image with all its children.
	record string

	visibility visibility
}

// column is what the database says of a column.
type column struct{ nullable, hasDefault bool }

func (b *Backend) readSchema(ctx context.Context) (*schema, error) {
	if b.prepare != nil {
		if err := b.prepare(ctx); err != nil {
			return nil, &records.Error{Kind: records.Unavailable, Message: "The database can't be made", Err: err}
		}
	}
	s := &schema{}
	if err := b.readColumns(ctx, s); err != nil {
		return nil, err
	}
	if err := b.readVersions(ctx, s, &s.found); err != nil {
		return nil, err
	}
	// A step of an upgrade writes its revision when its columns stand: read after the
	// revision, they are at least as new, and what comes later brings another one.
	if err := b.readColumns(ctx, s); err != nil {
		return nil, err
	}
	s.found.Tables = map[string]map[string]bool{}
	for table, columns := range s.columns {
		s.found.Tables[table] = map[string]bool{}
		for name, c := range columns {
			s.found.Tables[table][name] = c.nullable
		}
	}
	s.found.Lacking, s.required = s.lacking(), s.unknownRequired()
	s.state = release.Recognize(&s.found)
	if s.state.Readable() {
		s.visibility = s.visibilityOf(b.d)
		if err := b.readTriggers(ctx, s); err != nil {
			return nil, err
		}
		s.imageColumns = strings.Join([]string{
			"0", "i.id", "i.size", "i.virtual_size", "i.min_disk", "i.min_ram",
			"i.name", "i.status", s.visibility.text, "i.disk_format", "i.container_format",
			"i.checksum", "i.owner", s.imageColumn(b.d, "os_hash_algo"), s.imageColumn(b.d, "os_hash_value"),
			"i.protected", s.imageColumn(b.d, "os_hidden"),
			"i.created_at", "i.updated_at", "i.deleted_at", "i.deleted",
		}, ", ")
		s.record = b.recordText(s)
	}
	return s, nil
}

func (b *Backend) readColumns(ctx context.Context, s *schema) error {
	r, err := b.pool.query(ctx, b.d.statement("schema").sql(b.d.columns))
	if err != nil {
		return err
	}
	defer r.Close()
	s.columns = map[string]map[string]column{}
	for r.Next() {
		var table, name string
		var nullable, hasDefault int64
		if err := r.Scan(&table, &name, &nullable, &hasDefault); err != nil {
			return err
		}
		if s.columns[table] == nil {
			s.columns[table] = map[string]column{}
		}
		s.columns[table][name] = column{nullable: nullable != 0, hasDefault: hasDefault != 0}
	}
	return r.Err()
}

// readTriggers is for the time in which images have both columns. A user without
// the right TRIGGER sees none of them; they are known by what they refused then.
func (b *Backend) readTriggers(ctx context.Context, s *schema) error {
	s.triggers = map[string]bool{}
	if !s.visibility.both || b.d.triggers == "" {
		b.hiddenTriggers.Store(false)
		return nil
	}
	if b.hiddenTriggers.Load() {
		s.triggers[insertTrigger], s.triggers[updateTrigger] = true, true
		return nil
	}
	var names []string
	if err := collect(ctx, b.pool, b.d.statement("schema_triggers").sql(b.d.triggers), &names); err != nil {
		return err
	}
	for _, name := range names {
		s.triggers[strings.ToLower(name)] = true
	}
	return nil
}

func (s *schema) has(table, name string) bool {
	_, ok := s.columns[table][name]
	return ok
}

// lacking are the columns of images and their children that every release has
// and this database does not. A database without tables lacks nothing.
func (s *schema) lacking() []string {
	var lacking []string
	for _, table := range []records.Table{
		records.Images, records.ImageProperties, records.ImageLocations, records.ImageMembers, records.ImageTags,
	} {
		for _, c := range records.Columns(table) {
			_, optional := release.Fallback(string(table), c.Name)
			if c.Kind == records.Visibility {
				optional = s.has(string(table), isPublic)
			}
			if !optional && !s.has(string(table), c.Name) {
				lacking = append(lacking, string(table)+"."+c.Name)
			}
		}
	}
	return lacking
}

// unknownRequired finds a column that this program does not know and that a new
// row must have a value for.
func (s *schema) unknownRequired() string {
	for _, table := range slices.Sorted(maps.Keys(s.columns)) {
		if len(records.Columns(records.Table(table))) == 0 {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(s.columns[table])) {
			c := s.columns[table][name]
			_, known := records.ColumnOf(records.Table(table), name)
			if !known && !c.nullable && !c.hasDefault && (table != string(records.Images) || name != isPublic) {
				return table + "." + name
			}
		}
	}
	return ""
}

// imageColumn names a column of images, or the value that images of a release
// without it have.
func (s *schema) imageColumn(d *dialect, name string) string {
	if !s.lacks(name) {
		return "i." + name
	}
	if fallback, _ := release.Fallback(string(records.Images), name); fallback == false {
		return d.falseLiteral()
	}
	return d.nullText
}

// lacks tells whether images have no such column, but a value for it.
func (s *schema) lacks(name string) bool {
	if s.has(string(records.Images), name) {
		return false
	}
	_, optional := release.Fallback(string(records.Images), name)
	return optional
}

// sortable leaves out the keys by which all images are equal, since the database
// lacks their column.
func (s *schema) sortable(keys []records.SortKey) []records.SortKey {
	lacks := func(k records.SortKey) bool { return s.lacks(k.Column) }
	if !slices.ContainsFunc(keys, lacks) {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), lacks)
}

// same tells whether two readings found the same.
func (s *schema) same(other *schema) bool {
	return slices.Equal(s.found.Alembic, other.found.Alembic) && slices.Equal(s.found.Migrate, other.found.Migrate) &&
		maps.EqualFunc(s.columns, other.columns, maps.Equal[map[string]column, map[string]column])
}
