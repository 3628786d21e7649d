// Package release describes how the databases of Glance's releases differ: their
// revisions in the version tables, their columns, and how to read and write them. No
// other package depends on the releases of databases.
package release

import (
	"slices"
	"strings"
)

// Release is a schema, with the name of the first release of Glance that has it.
type Release struct {
	Name string
	Also []string // later releases with the same schema

	// Migrate are the versions of sqlalchemy-migrate, in use up to Newton.
	Migrate []int

	// Complete are alembic's revisions of a finished schema, Expand those that
	// stand beside or in the place of one while an upgrade is under way.
	Complete, Expand []string

	// Adds and Drops are columns, as table.column.
	Adds, Drops []string

	// Schema and Data say in a few words what the migration changes, and Gateway
	// what follows from it for us; all of them are Markdown.
	Schema, Data, Gateway string
}

// Names are the releases of Glance with this schema: "Rocky, Stein".
func (r *Release) Names() string { return strings.Join(append([]string{r.Name}, r.Also...), ", ") }

// Columns are the columns that came or went with a release, with the answer to
// whether this one has them.
func (r *Release) Columns() map[string]bool {
	columns := map[string]bool{}
	for n := range Releases {
		for _, c := range Releases[n].Adds {
			columns[c] = columns[c] || n <= r.index()
		}
		for _, c := range Releases[n].Drops {
			columns[c] = columns[c] && n > r.index()
		}
	}
	return columns
}

func (r *Release) index() int {
	return slices.IndexFunc(Releases, func(other Release) bool { return other.Name == r.Name })
}

// ofRevision returns the release of an alembic revision, or nil if it is unknown.
func ofRevision(id string) (r *Release, expand bool) {
	for n := range Releases {
		switch r := &Releases[n]; {
		case slices.Contains(r.Complete, id):
			return r, false
		case slices.Contains(r.Expand, id):
			return r, true
		}
	}
	return nil, false
}

func ofMigrate(version int) *Release {
	for n := range Releases {
		if slices.Contains(Releases[n].Migrate, version) {
			return &Releases[n]
		}
	}
	return nil
}

// oldest is the first release of sqlalchemy-migrate that is known.
func oldestMigrate() int { return Releases[0].Migrate[0] }
