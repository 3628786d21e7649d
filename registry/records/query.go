package records

import (
	"slices"
	"time"
)

// Op compares a column with the values of a condition.
type Op int

// The operators.
const (
	Equal Op = iota
	NotEqual
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
	In        // any of the values; none of them matches nothing
	Identical // a text, character by character, whatever the collation of the database
)

// Condition is one term of a WHERE clause. A nil value is SQL NULL: Equal nil
// is IS NULL.
type Condition struct {
	Column string
	Op     Op
	Values []any
}

// PropertyMatch asks for a live property of that name and value.
type PropertyMatch struct {
	Name  string
	Value any
}

// SortKey is one column of an ORDER BY.
type SortKey struct {
	Column     string
	Descending bool
	Nulls      Nulls
}

// Nulls says where rows without a value stand in an order.
type Nulls int

// The places of nulls.
const (
	NullsByDatabase Nulls = iota // where the database puts them
	NullsFirst
	NullsLast
)

// Children says which children a list needs.
type Children int

// The kinds of children.
const (
	WithProperties Children = 1 << iota
	WithLocations
	WithMembers
	WithTags
)

// Query is one page of a list of images. Its parts are ANDed.
type Query struct {
	Scope      Scope
	Where      []Condition
	Properties []PropertyMatch
	Tags       []string
	Sort       []SortKey
	Marker     *Image // the page starts behind this image; nil: at the front
	Limit      int    // rows; negative: all
	Children   Children
}

// Scope is what a caller may see of a list, made by the Service and applied by
// the Store without interpreting anything.
type Scope struct {
	// Restricted lists hold what is public, what Owner owns and what is shared
	// with Owner; others hold everything.
	Restricted bool

	Owner Null[string]

	// OwnDeleted lists hold deleted images of Owner only.
	OwnDeleted bool

	// MemberStatus restricts memberships to a status; null: any.
	MemberStatus Null[string]

	// AnyMembership makes every image with a live membership of any project count
	// as shared with a caller without Owner (registry-v1.md, 6.2).
	AnyMembership bool

	// Visibility restricts the list to one visibility; AllVisibilities shows
	// the community images of others, which a list hides otherwise.
	Visibility      Null[string]
	AllVisibilities bool

	// TwoVisibilities gives Visibility the meaning that it had up to Newton
	// (registry-v2-rpc.md, 6.2): private is all that is not public, shared what is
	// shared with the caller, and any other value restricts nothing.
	TwoVisibilities bool
}

// MembershipQuery asks for memberships of any images. Null parts do not matter.
type MembershipQuery struct {
	ImageID, Member, Status Null[string]
	IncludeDeleted          bool

	// All asks for every membership; otherwise only those that are Owner's, or
	// in images that are Owner's (a null Owner owns the images without owner).
	All   bool
	Owner Null[string]
}

// Row is a row of any table: nil, string, int64, bool or time.Time by column.
type Row map[string]any

// Text is a text column, empty where it is null.
func (r Row) Text(column string) string { t, _ := r[column].(string); return t }

// Int is an integer column, 0 where it is null.
func (r Row) Int(column string) int64 { n, _ := r[column].(int64); return n }

// Bool is a boolean column, false where it is null.
func (r Row) Bool(column string) bool { b, _ := r[column].(bool); return b }

// RowQuery asks for rows of one table.
type RowQuery struct {
	Table Table
	Where []Condition // ANDed

	// Either is one more term of Where: any of these conditions. None: no term.
	Either []Condition

	// Join adds columns of another table; nil: none.
	Join *Join

	Sort   []SortKey
	Marker Row // rows start behind this one; nil: at the front
	Limit  int // 0: all
}

// OwnedBy is the condition that a row belongs to an owner: a right, which no
// collation may extend.
func OwnedBy(owner string) Condition {
	return Condition{Column: "owner", Op: Identical, Values: []any{owner}}
}

// Is is the condition that a column has a value.
func Is(column string, value any) Condition {
	return Condition{Column: column, Values: []any{value}}
}

// Changes are the values that differ from those of a row.
func (r Row) Changes(set Values) Values {
	return slices.DeleteFunc(slices.Clone(set), func(a Assignment) bool {
		if t, ok := a.Value.(time.Time); ok {
			old, isTime := r[a.Column].(time.Time)
			return isTime && t.Equal(old)
		}
		return a.Value == r[a.Column]
	})
}

// Joined takes the columns of a joined table out of a row; it is nil if there
// was no row: then the key column is null.
func (r Row) Joined(table Table, key string) Row {
	if r[Joined(table, key)] == nil {
		return nil
	}
	row := Row{}
	for _, c := range Columns(table) {
		if v, ok := r[Joined(table, c.Name)]; ok {
			row[c.Name] = v
		}
	}
	return row
}

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

// ListOrder sorts by a column, then by created_at and id, so that the order is
// total, all in one direction. The old service left created_at and id in this
// order where the key is one of them: to sort by id is to sort by created_at
// (registry-v2-rpc.md, 8 and 9.2).
func ListOrder(table Table, key string, direction SortKey) []SortKey {
	var keys []SortKey
	if key != "created_at" && key != "id" {
		first := direction
		first.Column = key
		if c, _ := ColumnOf(table, key); !c.Nullable {
			first.Nulls = NullsByDatabase // there are none
		}
		keys = append(keys, first)
	}
	for _, column := range []string{"created_at", "id"} {
		keys = append(keys, SortKey{Column: column, Descending: direction.Descending})
	}
	return keys
}
