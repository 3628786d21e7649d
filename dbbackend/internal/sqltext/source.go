package sqltext

import (
	"slices"
	"strconv"

	"github.com/glancegate/glancegate/registry/records"
)

// Source is where a page finds its rows.
type Source int

// The sources.
const (
	// InOrder reads images in the order of the page, up to its limit. It is the better
	// one if the caller may see many of them.
	InOrder Source = iota

	// Collected collects the ids of all images that may be on the page by the indexes
	// on their visibility and owner, and sorts these images. It is the better one if
	// the caller may see few of many.
	Collected
)

// Collection is the sets that Collected collects: the public images, with them those of
// the community, and what an owner has together with what is shared with him.
type Collection struct {
	Public, Community, Owned bool
}

// CollectionFor is what the list can hold, and nothing else can be on it. It is not
// known for lists that hold everything, and if the release of the schema has no index
// for a set.
func (s *Schema) CollectionFor(q *records.Query) (c Collection, known bool) {
	v, scope := &s.visibility, &q.Scope
	plain := v.old || v.is == "i.visibility"
	visibility := scope.Visibility.V
	switch {
	case !plain || slices.ContainsFunc(q.Where, selective):
		return Collection{}, false
	case scope.Visibility.Valid && visibility == records.Public:
		return Collection{Public: true}, true
	case !scope.Restricted || scope.AnyMembership && !scope.Owner.Valid:
		return Collection{}, false
	case scope.Visibility.Valid && !v.old && !scope.TwoVisibilities && (visibility == records.Private || visibility == records.Shared):
		return Collection{Owned: scope.Owner.Valid}, scope.Owner.Valid
	}
	return Collection{Public: true, Community: !v.old && !v.hidesCommunity(scope), Owned: scope.Owner.Valid}, true
}

// selective reports whether a condition leaves a few images, and Glance has an index
// for it.
func selective(c records.Condition) bool {
	return indexed(c.Column) && c.Column != "owner" && (c.Op == records.Equal || c.Op == records.In || c.Op == records.Identical)
}

// HasOrder reports whether Glance has an index in the order of a page.
func HasOrder(q *records.Query) bool {
	return len(q.Sort) > 0 && slices.Contains([]string{"created_at", "updated_at", "id"}, q.Sort[0].Column)
}

// source adds what the page is selected from. The conditions of the page apply to
// Collected as well: its ids need not be right, only complete.
func (d *Dialect) source(st *Statement, s *Schema, q *records.Query, from Source) {
	c, known := s.CollectionFor(q)
	if from == InOrder || !known {
		st.SQL("images i")
		return
	}
	st.SQL("(")
	for n, set := range d.sets(s, c, q.Scope.Owner.V) {
		if n > 0 {
			st.SQL(" UNION ")
		}
		st.SQL("SELECT ", set.id, " AS id FROM ", set.table)
		set.where(st)
	}
	st.SQL(") visible", d.joinInOrder, "images i ON i.id = visible.id")
}

// set is a part of a collection.
type set struct {
	id, table string
	where     func(*Statement) // adds the WHERE clause
}

func (d *Dialect) sets(s *Schema, c Collection, owner string) (sets []set) {
	add := func(id, table string, where func(*Statement)) { sets = append(sets, set{id, table, where}) }
	switch {
	case c.Public && s.visibility.old:
		add("p.id", "images p", func(st *Statement) { st.SQL(" WHERE p.is_public = ").Boolean(true) })
	case c.Public && c.Community:
		add("p.id", "images p", func(st *Statement) { st.SQL(" WHERE p.visibility IN ('public', 'community')") })
	case c.Public:
		add("p.id", "images p", func(st *Statement) { st.SQL(" WHERE p.visibility = 'public'") })
	}
	if c.Owned {
		add("o.id", "images o", func(st *Statement) { st.SQL(" WHERE o.owner = ").Arg(owner) })
		add("m.image_id", "image_members m", func(st *Statement) { st.SQL(" WHERE m.member = ").Arg(owner) })
	}
	return sets
}

// SizesStatement counts images, memberships, and the images that everybody may list,
// each up to a limit. It returns one row.
func (d *Dialect) SizesStatement(s *Schema, limit int) *Statement {
	all := func(*Statement) {}
	everybody := d.sets(s, Collection{Public: true, Community: !s.visibility.old}, "")
	return d.counts("image_list_sizes", limit, append([]set{{table: "images i", where: all}, {table: "image_members m", where: all}}, everybody...))
}

// OwnedStatement counts what an owner has, and what is shared with him, each up to a
// limit. It returns one row.
func (d *Dialect) OwnedStatement(s *Schema, owner string, limit int) *Statement {
	return d.counts("image_list_owned", limit, d.sets(s, Collection{Owned: true}, owner))
}

func (d *Dialect) counts(name string, limit int, sets []set) *Statement {
	st := d.NewStatement(name)
	for n, set := range sets {
		st.SQL([]string{"SELECT ", ", "}[min(n, 1)], "(SELECT COUNT(*) FROM (SELECT 1 AS one FROM ", set.table)
		set.where(st)
		st.SQL(" LIMIT ", strconv.Itoa(limit), ") c", strconv.Itoa(n), ")")
	}
	return st
}
