package sqltext

import (
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/registry/records"
)

// Schema is what the database has, and the SQL that follows from it. It is
// read when the first statement runs, again when a statement meets a column or
// table that is not there, and when the version of the schema has changed
// (database-schema.md, 2.3).
type Schema struct {
	columns map[string]map[string]column
	Found   release.Found
	State   release.State

	// triggers are those that keep visibility and is_public in step.
	triggers map[string]bool

	// required is a column that a writer has to give a value to and that this
	// program does not know; empty: there is none.
	required string

	// ImageColumns is the select list of an image in the layout of recordRow.
	ImageColumns string

	// Record is the SQL that reads an image with all its children.
	Record string

	visibility visibility
}

// column is what the database says of a column.
type column struct{ nullable, hasDefault bool }

// Complete derives everything else from the columns and versions.
func (s *Schema) Complete(d *Dialect) {
	s.Found.Tables = map[string]map[string]bool{}
	for table, columns := range s.columns {
		s.Found.Tables[table] = map[string]bool{}
		for name, c := range columns {
			s.Found.Tables[table][name] = c.nullable
		}
	}
	s.Found.Lacking, s.required = s.lacking(), s.unknownRequired()
	s.State = release.Recognize(&s.Found)
	if !s.State.Readable() {
		return
	}
	s.visibility = s.visibilityOf(d)
	s.ImageColumns = strings.Join([]string{
		"0", "i.id", "i.size", "i.virtual_size", "i.min_disk", "i.min_ram",
		"i.name", "i.status", s.visibility.text, "i.disk_format", "i.container_format",
		"i.checksum", "i.owner", s.imageColumn(d, "os_hash_algo"), s.imageColumn(d, "os_hash_value"),
		"i.protected", s.imageColumn(d, "os_hidden"),
		"i.created_at", "i.updated_at", "i.deleted_at", "i.deleted",
	}, ", ")
	s.Record = d.recordText(s)
}

// HasBothVisibilities reports whether images have visibility and is_public.
func (s *Schema) HasBothVisibilities() bool { return s.visibility.both }

// SetTriggers sets the names, in lower case, of the triggers that write is_public.
func (s *Schema) SetTriggers(names ...string) {
	s.triggers = map[string]bool{}
	for _, name := range names {
		s.triggers[strings.ToLower(name)] = true
	}
}

// ClearColumns forgets all columns.
func (s *Schema) ClearColumns() { s.columns = map[string]map[string]column{} }

// AddColumn adds a column that the database has.
func (s *Schema) AddColumn(table, name string, nullable, hasDefault bool) {
	if s.columns[table] == nil {
		s.columns[table] = map[string]column{}
	}
	s.columns[table][name] = column{nullable: nullable, hasDefault: hasDefault}
}

// ColumnsOf lists the columns that a table of the database has, sorted.
func (s *Schema) ColumnsOf(table string) []string { return slices.Sorted(maps.Keys(s.columns[table])) }

func (s *Schema) Has(table, name string) bool {
	_, ok := s.columns[table][name]
	return ok
}

// lacking are the columns of images and their children that every release has
// and this database does not. A database without tables lacks nothing.
func (s *Schema) lacking() []string {
	var lacking []string
	for _, table := range []records.Table{
		records.Images, records.ImageProperties, records.ImageLocations, records.ImageMembers, records.ImageTags,
	} {
		for _, c := range records.Columns(table) {
			_, optional := release.Fallback(string(table), c.Name)
			if c.Kind == records.Visibility {
				optional = s.Has(string(table), isPublic)
			}
			if !optional && !s.Has(string(table), c.Name) {
				lacking = append(lacking, string(table)+"."+c.Name)
			}
		}
	}
	return lacking
}

// unknownRequired finds a column that this program does not know and that a new
// row must have a value for.
func (s *Schema) unknownRequired() string {
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
func (s *Schema) imageColumn(d *Dialect, name string) string {
	if !s.lacks(name) {
		return "i." + name
	}
	if fallback, _ := release.Fallback(string(records.Images), name); fallback == false {
		return d.falseLiteral()
	}
	return d.nullText
}

// lacks reports whether images lack a column for which there is a fallback.
func (s *Schema) lacks(name string) bool {
	if s.Has(string(records.Images), name) {
		return false
	}
	_, optional := release.Fallback(string(records.Images), name)
	return optional
}

// sortable leaves out the keys by which all images are equal, since the database
// lacks their column.
func (s *Schema) sortable(keys []records.SortKey) []records.SortKey {
	lacks := func(k records.SortKey) bool { return s.lacks(k.Column) }
	if !slices.ContainsFunc(keys, lacks) {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), lacks)
}

// Same reports whether two schemas are equal.
func (s *Schema) Same(other *Schema) bool {
	return slices.Equal(s.Found.Alembic, other.Found.Alembic) && slices.Equal(s.Found.Migrate, other.Found.Migrate) &&
		maps.EqualFunc(s.columns, other.columns, maps.Equal[map[string]column, map[string]column])
}

// CheckReadable refuses to read what is none of Glance's databases.
func (s *Schema) CheckReadable() error {
	if s.State.Readable() {
		return nil
	}
	return records.Errorf(records.Unavailable, "%s", s.State.Note)
}

// CheckWritable refuses to write where columns may have come that a writer has
// to know. What is read is right all the same.
func (s *Schema) CheckWritable(allowUnknown bool) error {
	switch {
	case !s.State.Readable():
		return s.CheckReadable()
	case !s.State.Writable(allowUnknown):
		return records.Errorf(records.ReadOnly, "Read-only access: %s (allow_unknown_schema)", s.State.Note)
	case s.required != "":
		return records.Errorf(records.ReadOnly, "Read-only access: every row needs a value for %s, "+
			"a column that this gateway does not know", s.required)
	}
	return nil
}

// known lists the columns that both this program and the database have.
func (s *Schema) known(table records.Table) []records.Column {
	var columns []records.Column
	for _, c := range records.Columns(table) {
		if s.Has(string(table), c.Name) {
			columns = append(columns, c)
		}
	}
	return columns
}
