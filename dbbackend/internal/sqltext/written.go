package sqltext

import (
	"github.com/glancegate/glancegate/registry/records"
)

// The triggers of an upgrade to Ocata on MySQL (database-schema.md, 4.3). They are
// created up to minutes after the columns.
const (
	InsertTrigger = "insert_visibility"
	UpdateTrigger = "update_visibility"
)

// assignment is a value for a column that the database has.
type assignment struct {
	Column string
	Kind   records.Kind
	Value  any
}

// Written is a row as this release of the schema takes it: without the columns
// that it lacks, and with the visibility in the columns that it has. trigger is
// the one that fires for the statement, where the database has it.
func (s *Schema) Written(table records.Table, row records.Values, trigger string) []assignment {
	kept := make([]assignment, 0, len(row)+1)
	for _, a := range row {
		c, _ := records.ColumnOf(table, a.Column)
		if s.Has(string(table), a.Column) {
			kept = append(kept, assignment{a.Column, c.Kind, a.Value})
		}
		// A trigger that keeps the columns consistent refuses statements with both.
		if c.Kind == records.Visibility && (s.visibility.old || s.visibility.both && !s.triggers[trigger]) {
			kept = append(kept, assignment{isPublic, records.Bool, a.Value == records.Public})
		}
	}
	return kept
}
