package records

// Join adds to each row the columns of the row of another table that belongs to
// it, under the name that Joined gives. They are null where there is none.
type Join struct {
	Table  Table
	Column string      // of that table, has the same value as
	Of     string      // this column of the row
	Where  []Condition // about that table, ANDed
}

// Joined is the name in a Row of a column of a joined table.
func Joined(table Table, column string) string { return string(table) + "." + column }

// Selection is the values that a column has in the rows that match. It can be
// the only value of a Condition with In.
type Selection struct {
	Table  Table
	Column string
	Where  []Condition // ANDed
}
