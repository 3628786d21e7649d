package registry

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
	In // any of the values; none of them matches nothing
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
}

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

	// MemberStatus restricts memberships to a status; empty: any.
	MemberStatus string

	// AnyMembership makes every image with a live membership of anybody count
	// as shared with a caller without Owner (registry-v1.md, 6.2).
	AnyMembership bool

	// Visibility restricts the list to one visibility; AllVisibilities shows
	// the community images of others, which a list hides otherwise.
	Visibility      Null[string]
	AllVisibilities bool
}

// MembershipQuery asks for the images that are shared with a member.
type MembershipQuery struct {
	Member string

	// All asks for every membership; otherwise only those that are Owner's, or
	// in images that are Owner's (a null Owner owns the images without owner).
	All   bool
	Owner Null[string]
}
