package dbbackend

import "github.com/glancegate/glancegate/registry"

// assignment is a value for a column that the database has.
type assignment struct {
	column string
	kind   registry.Kind
	value  any
}

// written is a row as this release of the schema takes it: without the columns
// that it lacks, and with the visibility in the columns that it has.
func (s *schema) written(d *dialect, table registry.Table, row registry.Values) []assignment {
	kept := make([]assignment, 0, len(row)+1)
	for _, a := range row {
		c, _ := registry.ColumnOf(table, a.Column)
		if s.has(string(table), a.Column) {
			kept = append(kept, assignment{a.Column, c.Kind, a.Value})
		}
		// Where triggers keep the columns in step, they refuse both of them.
		if c.Kind == registry.Visibility && (s.visibility.old || s.visibility.both && !d.keepsVisibilityInStep) {
			kept = append(kept, assignment{isPublic, registry.Bool, a.Value == registry.Public})
		}
	}
	return kept
}
