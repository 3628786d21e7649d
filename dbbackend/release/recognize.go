package release

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Found is what a database has.
type Found struct {
	Alembic []string // rows of alembic_version
	Migrate []int    // rows of migrate_version

	// Tables has the columns of each table, and whether they take null.
	Tables map[string]map[string]bool

	// Lacking are columns without which no registry works.
	Lacking []string
}

func (f *Found) has(column string) bool {
	table, name, _ := strings.Cut(column, ".")
	_, ok := f.Tables[table][name]
	return ok
}

// Recognize finds out the state of a database (database-schema.md, 2).
func Recognize(f *Found) State {
	switch {
	case len(f.Tables) == 0:
		return State{Kind: Empty, Note: "The database is empty: create Glance's schema with glance-manage db_sync, or correct the database URL"}
	case len(f.Lacking) > 0 && len(f.Alembic) > 0 && f.has("images.id"):
		return State{Kind: Foreign, Revisions: f.Alembic, Note: "The schema lacks " + enumerate(f.Lacking) +
			", which this gateway reads: the database is damaged, or of a release that it does not know"}
	case len(f.Lacking) > 0:
		return State{Kind: Foreign, Note: "The database is none of Glance's, it lacks " + enumerate(f.Lacking) +
			": create Glance's schema with glance-manage db_sync, or correct the database URL"}
	}
	s := f.version()
	s.Note = join(s.Note, f.visibilityNote(&s))
	if s.Kind == Complete {
		s.Note = join(s.Note, f.missingNote(s.Release))
	}
	return s
}

// version evaluates the version tables. If alembic's has rows, that of
// sqlalchemy-migrate is obsolete.
func (f *Found) version() State {
	if len(f.Alembic) > 0 {
		return f.alembic()
	}
	if len(f.Migrate) == 0 {
		return State{Kind: Unversioned, Note: "The database has Glance's tables but no version of the schema"}
	}
	v := slices.Max(f.Migrate)
	if f.leftOver(v) {
		return State{Kind: Unversioned, Note: fmt.Sprintf("The database has Glance's tables but no version of the schema: "+
			"alembic_version is missing or empty, and the version %d in migrate_version does not fit the tables", v)}
	}
	s := State{Kind: Complete, Revisions: []string{strconv.Itoa(v)}}
	switch r := ofMigrate(v); {
	case r != nil:
		s.Release = r.Names()
	case v < oldestMigrate():
		s.Kind = Older
		s.Note = fmt.Sprintf("The schema is older than every release that this gateway knows (version %d)", v)
	default:
		s.Kind = Newer
		s.Note = fmt.Sprintf("This gateway does not know version %d of the schema", v)
	}
	return s
}

// leftOver reports whether a version of sqlalchemy-migrate is obsolete: 0, which
// glance-manage of Ocata to Train leaves beside alembic's, or one of the releases with
// is_public if that column no longer exists.
func (f *Found) leftOver(version int) bool {
	return version == 0 || ofMigrate(version) == &Releases[0] && !f.has("images.is_public")
}

func (f *Found) alembic() State {
	s := State{Kind: Complete, Revisions: slices.Sorted(slices.Values(f.Alembic))}
	for _, id := range s.Revisions {
		r, expand := ofRevision(id)
		switch {
		case r == nil:
			s.Kind = Newer
			s.Note = "This gateway does not know the schema revision " + id
		case expand:
			s.Next = r.Names()
		default:
			s.Release = r.Names()
		}
	}
	if s.Kind == Newer {
		s.Next = ""
		return s
	}
	if s.Next != "" {
		s.Kind = Expanded
		if s.Release == "" { // expand steps begin with Ocata
			s.Release = Releases[0].Names()
		}
	}
	return s
}

// visibilityNote looks at the columns, since a revision does not show how far a
// migration to Ocata got.
func (f *Found) visibilityNote(s *State) string {
	nullable := f.Tables["images"]["visibility"]
	switch {
	case f.has("images.is_public") && f.has("images.visibility"):
		if s.Kind == Complete {
			s.Kind = Expanded
		}
		return "Run glance-manage db migrate and db contract to finish the upgrade"
	case nullable:
		if s.Kind == Complete || s.Kind == Expanded {
			s.Kind = HalfDone
		}
		return "A contract step is under way or has failed: images.visibility takes null, which is read as private"
	}
	return ""
}

// missingNote names columns that the release should have.
func (f *Found) missingNote(names string) string {
	n := slices.IndexFunc(Releases, func(r Release) bool { return r.Names() == names })
	if n < 0 {
		return ""
	}
	columns := Releases[n].Columns()
	var missing []string
	for _, c := range slices.Sorted(maps.Keys(columns)) {
		if columns[c] && !f.has(c) {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "The schema lacks " + enumerate(missing)
}

func join(notes ...string) string {
	return strings.Join(slices.DeleteFunc(notes, func(n string) bool { return n == "" }), ". ")
}

// enumerate names some of many.
func enumerate(names []string) string {
	const shown = 3
	if len(names) > shown {
		return strings.Join(names[:shown], ", ") + fmt.Sprintf(" and %d more columns", len(names)-shown)
	}
	return strings.Join(names, ", ")
}
