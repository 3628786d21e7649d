package release

import (
	"strings"
)

// Kind is the kind of a database.
type Kind string

// The kinds of databases.
const (
	Complete    Kind = "complete"        // the schema of a release
	Expanded    Kind = "expanded"        // between the expand and the contract step of an upgrade
	HalfDone    Kind = "half contracted" // a contract step that failed (database-schema.md, 4.5)
	Newer       Kind = "newer"           // a revision that this program does not know
	Older       Kind = "older"           // a version from before those that it knows
	Unversioned Kind = "unversioned"     // Glance's tables without a version
	Foreign     Kind = "foreign"         // tables, but not those of Glance
	Empty       Kind = "empty"           // no table at all
)

// Kinds are all of them.
var Kinds = []Kind{Complete, Expanded, HalfDone, Newer, Older, Unversioned, Foreign, Empty}

// State is what is known about one database.
type State struct {
	Kind Kind `json:"state"`

	// Release has the names of the releases with this schema, empty where they
	// are not known. While an upgrade is under way it is where it comes from,
	// and Next where it goes.
	Release string `json:"release,omitempty"`
	Next    string `json:"next,omitempty"`

	// Revisions are those in the version table.
	Revisions []string `json:"revisions,omitempty"`

	// Note is what an operator should know about it; empty: nothing.
	Note string `json:"note,omitempty"`
}

// Readable reports whether the database can be read correctly. It can with an unknown
// revision: releases add columns, but do not change them.
func (s State) Readable() bool { return s.Kind != Foreign && s.Kind != Empty }

// Writable reports whether the database can be written correctly. allowUnknown also
// accepts schemas of an unknown version.
func (s State) Writable(allowUnknown bool) bool {
	switch s.Kind {
	case Complete, Expanded, HalfDone:
		return true
	case Newer, Older, Unversioned:
		return allowUnknown
	}
	return false
}

// String names the state for people.
func (s State) String() string {
	text := string(s.Kind)
	if s.Release != "" {
		text += ", " + s.Release
	}
	if s.Next != "" {
		text += " to " + s.Next
	}
	if len(s.Revisions) > 0 {
		text += " (" + strings.Join(s.Revisions, ", ") + ")"
	}
	return text
}
