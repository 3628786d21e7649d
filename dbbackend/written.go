package dbbackend

import (
	"github.com/glancegate/glancegate/registry/records"
)

// The triggers of an upgrade to Ocata on MySQL (database-schema.md, 4.3). The step
// that makes them comes after that of the columns, and minutes may be between.
const (
	insertTrigger = "insert_visibility"
	updateTrigger = "update_visibility"
)

// assignment is a value for a column that the database has.
type assignment struct {
	column string
	kind   records.Kind
	value  any
}

// written is a row as this release of the schema takes it: without the columns
// that it lacks, and with the visibility in the columns that it has. trigger is
// the one that fires for the statement, where the database has it.
func (s *schema) written(table records.Table, row records.Values, trigger string) []assignment {
	kept := make([]assignment, 0, len(row)+1)
	for _, a := range row {
		c, _ := records.ColumnOf(table, a.Column)
		if s.has(string(table), a.Column) {
			kept = append(kept, assignment{a.Column, c.Kind, a.Value})
		}
		// Where a trigger keeps the columns in step, it refuses both of them.
		if c.Kind == records.Visibility && (s.visibility.old || s.visibility.both && !s.triggers[trigger]) {
			kept = append(kept, assignment{isPublic, records.Bool, a.Value == records.Public})
		}
	}
	return kept
}
