package dbbackend

import (
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/registry/records"
)

// pageStatement selects the rows of one page (registry-v1.md, 7.5).
func (d *dialect) pageStatement(s *schema, q *records.Query) (*statement, error) {
	st := d.statement("image_get_all").sql("SELECT ", s.imageColumns, " FROM images i WHERE ")
	d.scope(st, s, &q.Scope)
	for _, c := range q.Where {
		st.sql(" AND ")
		if err := d.condition(st, s, c); err != nil {
			return nil, err
		}
	}
	if err := d.childFilters(st, q); err != nil {
		return nil, err
	}
	keys := s.sortable(q.Sort)
	if q.Marker != nil {
		st.sql(" AND (")
		d.after(st, records.Images, keys, q.Marker.Column)
		st.sql(")")
	}
	d.orderBy(st, keys, func(column string) string {
		if column == "visibility" {
			return d.sortVisibility(&s.visibility, q.Scope.Restricted)
		}
		return "i." + column
	})
	if q.Limit >= 0 {
		st.sql(" LIMIT ", strconv.Itoa(q.Limit))
	}
	return st, st.fits()
}

// scope restricts a list to what its caller may see. The three sets of the
// original's UNION (public, own, shared with me) are one OR here, so that the
// order of the index decides how much is read.
func (d *dialect) scope(st *statement, s *schema, c *records.Scope) {
	v := &s.visibility
	hideCommunity := !c.AllVisibilities && (!c.Visibility.Valid || c.TwoVisibilities) && !v.old
	switch {
	case c.Restricted:
		st.sql("(", d.visibleToAll(v, !hideCommunity))
		if c.Owner.Valid {
			d.identical(st.sql(" OR "), d.noIndex("i.owner"), c.Owner.V)
		}
		d.sharedWith(st, v, c)
		st.sql(")")
	case hideCommunity && c.Owner.Valid:
		d.identical(st.sql("("), d.noIndex("i.owner"), c.Owner.V)
		st.sql(" OR ", v.is, " <> 'community')")
	case hideCommunity:
		st.sql(v.is, " <> 'community'")
	default:
		st.sql("1 = 1")
	}
	if c.Visibility.Valid {
		d.ofVisibility(st, v, c)
	}
	if c.OwnDeleted {
		st.sql(" AND (", d.noIndex("i.deleted"), " = ").boolean(false)
		if c.Owner.Valid {
			d.identical(st.sql(" OR "), d.noIndex("i.owner"), c.Owner.V)
		}
		st.sql(")")
	}
}

// sharedWith probes the memberships of each row by the index on (image_id,
// member). A scalar subquery says so: an EXISTS is turned by MariaDB into a join
// with all memberships of the member, for which Glance has no index.
func (d *dialect) sharedWith(st *statement, v *visibility, c *records.Scope) {
	if !c.Owner.Valid && !c.AnyMembership {
		return
	}
	st.sql(" OR (", d.visibleToMembers(v), " AND (SELECT 1 FROM image_members m",
		" WHERE m.image_id = i.id AND ", d.noIndex("m.deleted"), " = ").boolean(false)
	if c.Owner.Valid {
		d.identical(st.sql(" AND "), "m.member", c.Owner.V)
		if c.MemberStatus.Valid {
			st.sql(" AND m.status = ").arg(c.MemberStatus.V)
		}
	}
	st.sql(" LIMIT 1) = 1)")
}

var operators = map[records.Op]string{
	records.Equal: " = ", records.NotEqual: " <> ", records.Less: " < ", records.LessOrEqual: " <= ",
	records.Greater: " > ", records.GreaterOrEqual: " >= ",
}

func (d *dialect) condition(st *statement, s *schema, c records.Condition) error {
	column, known := records.ColumnOf(records.Images, c.Column)
	if !known {
		return records.Errorf(records.BadValue, "%s is no column of an image", c.Column)
	}
	if column.Kind == records.Visibility {
		return d.isVisibility(st, &s.visibility, c)
	}
	return d.compare(st, s.imageColumn(d, c.Column), column.Kind, c)
}

// compare adds the comparison of a column with the values of a condition.
func (d *dialect) compare(st *statement, name string, kind records.Kind, c records.Condition) error {
	if c.Op == records.In {
		return d.anyOf(st, name, kind, c.Values)
	}
	v := c.Values[0]
	if c.Op == records.Identical {
		d.identical(st, name, v)
		return nil
	}
	if text, ok := v.(string); ok && !d.strictTypes && (kind == records.Int32 || kind == records.Int64) {
		n, whole := records.WholeNumber(text)
		if !whole {
			st.sql("1 = 0") // MySQL takes "64 MiB" for 64
			return nil
		}
		v = n
	}
	if n, ok := v.(int64); ok && kind == records.Int32 && c.Op == records.Equal && n != int64(int32(n)) {
		st.sql("1 = 0") // PostgreSQL takes no parameter that does not fit
		return nil
	}
	if b, ok := v.(bool); ok && kind == records.Bool {
		st.sql(d.noIndex(name), operators[c.Op]).boolean(b)
		return nil
	}
	if v == nil {
		st.sql(name, " IS NULL")
		return nil
	}
	st.sql(name, operators[c.Op])
	return st.argFor(kind, v)
}

// identical compares a text column character by character. MySQL's collations
// take no notice of case, accents and trailing blanks; the first comparison is
// there for an index.
func (d *dialect) identical(st *statement, name string, v any) {
	if d.exact == "" {
		st.sql(name, " = ").arg(v)
		return
	}
	st.sql("(", name, " = ").arg(v).sql(" AND ", strings.ReplaceAll(d.exact, "COLUMN", name), " = ").arg(v).sql(")")
}

func (d *dialect) anyOf(st *statement, name string, kind records.Kind, values []any) error {
	if len(values) == 0 {
		st.sql("1 = 0")
		return nil
	}
	st.sql(name, " IN (")
	for n, v := range values {
		if n > 0 {
			st.sql(", ")
		}
		if err := st.argFor(kind, v); err != nil {
			return err
		}
	}
	st.sql(")")
	return nil
}
