package sqltext

import (
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/registry/records"
)

// PageStatement selects the rows of one page (registry-v1.md, 7.5). from is where it
// finds them; the page is the same.
func (d *Dialect) PageStatement(s *Schema, q *records.Query, from Source) (*Statement, error) {
	st := d.NewStatement("image_get_all").SQL("SELECT ", s.ImageColumns, " FROM ")
	d.source(st, s, q, from)
	st.SQL(" WHERE ")
	d.scope(st, s, &q.Scope)
	for _, c := range q.Where {
		st.SQL(" AND ")
		if err := d.condition(st, s, c); err != nil {
			return nil, err
		}
	}
	if err := d.childFilters(st, q); err != nil {
		return nil, err
	}
	keys := s.sortable(q.Sort)
	if q.Marker != nil {
		st.SQL(" AND (")
		d.after(st, records.Images, keys, q.Marker.Column)
		st.SQL(")")
	}
	d.orderBy(st, keys, func(column string) string {
		if column == "visibility" {
			return d.sortVisibility(&s.visibility, q.Scope.Restricted)
		}
		return "i." + column
	})
	if q.Limit >= 0 {
		st.SQL(" LIMIT ", strconv.Itoa(q.Limit))
	}
	return st, st.fits()
}

// scope restricts a list to what its caller may see. The original had a UNION of three
// sets (public, own, shared with me). One OR lets the database read rows in the order
// of an index and stop at the limit.
func (d *Dialect) scope(st *Statement, s *Schema, c *records.Scope) {
	v := &s.visibility
	hideCommunity := v.hidesCommunity(c)
	switch {
	case c.Restricted:
		st.SQL("(", d.visibleToAll(v, !hideCommunity))
		if c.Owner.Valid {
			d.Identical(st.SQL(" OR "), d.noIndex("i.owner"), c.Owner.V)
		}
		d.sharedWith(st, v, c)
		st.SQL(")")
	case hideCommunity && c.Owner.Valid:
		d.Identical(st.SQL("("), d.noIndex("i.owner"), c.Owner.V)
		st.SQL(" OR ", v.is, " <> 'community')")
	case hideCommunity:
		st.SQL(v.is, " <> 'community'")
	default:
		st.SQL("1 = 1")
	}
	if c.Visibility.Valid {
		d.ofVisibility(st, v, c)
	}
	if c.OwnDeleted {
		st.SQL(" AND (", d.noIndex("i.deleted"), " = ").Boolean(false)
		if c.Owner.Valid {
			d.Identical(st.SQL(" OR "), d.noIndex("i.owner"), c.Owner.V)
		}
		st.SQL(")")
	}
}

// sharedWith looks up the memberships of each row by the index on (image_id, member).
// A scalar subquery ensures that: MariaDB turns an EXISTS into a join with all
// memberships of the member, for which Glance has no index.
func (d *Dialect) sharedWith(st *Statement, v *visibility, c *records.Scope) {
	if !c.Owner.Valid && !c.AnyMembership {
		return
	}
	st.SQL(" OR (", d.visibleToMembers(v), " AND (SELECT 1 FROM image_members m",
		" WHERE m.image_id = i.id AND ", d.noIndex("m.deleted"), " = ").Boolean(false)
	if c.Owner.Valid {
		d.Identical(st.SQL(" AND "), "m.member", c.Owner.V)
		if c.MemberStatus.Valid {
			st.SQL(" AND m.status = ").Arg(c.MemberStatus.V)
		}
	}
	st.SQL(" LIMIT 1) = 1)")
}

var operators = map[records.Op]string{
	records.Equal: " = ", records.NotEqual: " <> ", records.Less: " < ", records.LessOrEqual: " <= ",
	records.Greater: " > ", records.GreaterOrEqual: " >= ",
}

func (d *Dialect) condition(st *Statement, s *Schema, c records.Condition) error {
	column, known := records.ColumnOf(records.Images, c.Column)
	if !known {
		return records.Errorf(records.BadValue, "%s is not a column of an image", c.Column)
	}
	if column.Kind == records.Visibility {
		return d.isVisibility(st, &s.visibility, c)
	}
	return d.compare(st, s.imageColumn(d, c.Column), column.Kind, c)
}

// compare adds the comparison of a column with the values of a condition.
func (d *Dialect) compare(st *Statement, name string, kind records.Kind, c records.Condition) error {
	if c.Op == records.In {
		return d.anyOf(st, name, kind, c.Values)
	}
	v := c.Values[0]
	if c.Op == records.Identical {
		d.Identical(st, name, v)
		return nil
	}
	if text, ok := v.(string); ok && !d.StrictTypes && (kind == records.Int32 || kind == records.Int64) {
		n, whole := records.WholeNumber(text)
		if !whole {
			st.SQL("1 = 0") // MySQL reads "64 MiB" as 64
			return nil
		}
		v = n
	}
	if n, ok := v.(int64); ok && kind == records.Int32 && c.Op == records.Equal && n != int64(int32(n)) {
		st.SQL("1 = 0") // PostgreSQL refuses a parameter that does not fit
		return nil
	}
	if b, ok := v.(bool); ok && kind == records.Bool {
		st.SQL(d.noIndex(name), operators[c.Op]).Boolean(b)
		return nil
	}
	if v == nil {
		st.SQL(name, " IS NULL")
		return nil
	}
	if _, number := v.(int64); c.Op == records.Equal && (number || kind == records.Text) && !indexed(c.Column) {
		name = d.noIndex(name)
	}
	st.SQL(name, operators[c.Op])
	return st.ArgFor(kind, v)
}

// indexed reports whether Glance has an index on a column of images, times aside.
func indexed(column string) bool {
	return column == "id" || column == "owner" || column == "checksum" || column == "os_hash_value"
}

// Identical compares a text column character by character. MySQL's collations
// ignore case, accents and trailing blanks; the first comparison can use an index.
func (d *Dialect) Identical(st *Statement, name string, v any) {
	if d.exact == "" {
		st.SQL(name, " = ").Arg(v)
		return
	}
	st.SQL("(", name, " = ").Arg(v).SQL(" AND ", strings.ReplaceAll(d.exact, "COLUMN", name), " = ").Arg(v).SQL(")")
}

func (d *Dialect) anyOf(st *Statement, name string, kind records.Kind, values []any) error {
	if len(values) == 0 {
		st.SQL("1 = 0")
		return nil
	}
	st.SQL(name, " IN (")
	for n, v := range values {
		if n > 0 {
			st.SQL(", ")
		}
		if err := st.ArgFor(kind, v); err != nil {
			return err
		}
	}
	st.SQL(")")
	return nil
}
