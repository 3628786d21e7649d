package sqltext

import (
	"time"

	"github.com/glancegate/glancegate/dbbackend/internal/scan"
	"github.com/glancegate/glancegate/registry/records"
)

// after restricts a page to the rows after a marker in the order of the keys. It
// accounts for where the database sorts NULL, so that no row is lost or repeated.
// marker returns the marker's value of a column; nil is NULL.
func (d *Dialect) after(st *Statement, table records.Table, keys []records.SortKey, marker func(column string) any) {
	id := marker("id")
	if v := marker(keys[0].Column); v != nil && !d.nullsFollow(table, keys[0]) {
		// Implied by what follows, but allows an index to start here.
		op := " >= "
		if keys[0].Descending {
			op = " <= "
		}
		d.compareMarker(st, table, keys[0].Column, op, v, id)
		st.SQL(" AND ")
	}
	st.SQL("(")
	for n, k := range keys {
		if n > 0 {
			st.SQL(" OR ")
		}
		st.SQL("(")
		for _, equal := range keys[:n] {
			if v := marker(equal.Column); v == nil {
				st.SQL("i.", equal.Column, " IS NULL AND ")
			} else {
				d.compareMarker(st, table, equal.Column, " = ", v, id)
				st.SQL(" AND ")
			}
		}
		d.behind(st, table, k, marker(k.Column), id)
		st.SQL(")")
	}
	st.SQL(")")
}

// compareMarker adds the comparison of a column with the marker's value. If only the
// database knows how that value sorts (a value of the wrong type in SQLite, an
// invalid time), a subquery reads it.
func (d *Dialect) compareMarker(st *Statement, table records.Table, column, op string, v, id any) {
	if t, isTime := v.(time.Time); !d.Untyped && !(isTime && scan.IsUnsortable(t)) {
		st.SQL("i.", column, op).Arg(v)
		return
	}
	st.SQL(d.anyTime("i."+column), op, "(SELECT ", d.anyTime("m."+column), " FROM ", string(table), " m WHERE m.id = ").Arg(id).SQL(")")
}

// behind adds a condition for rows whose key comes strictly after a value.
func (d *Dialect) behind(st *Statement, table records.Table, k records.SortKey, v, id any) {
	name := "i." + k.Column
	switch {
	case v == nil && d.nullsFollowOrder(k):
		st.SQL("1 = 0")
	case v == nil:
		st.SQL(name, " IS NOT NULL")
	default:
		op := " > "
		if k.Descending {
			op = " < "
		}
		st.SQL("(")
		d.compareMarker(st, table, k.Column, op, v, id)
		if d.nullsFollow(table, k) {
			st.SQL(" OR ", name, " IS NULL")
		}
		st.SQL(")")
	}
}

// nullsFollow reports whether nulls come after values.
func (d *Dialect) nullsFollow(table records.Table, k records.SortKey) bool {
	column, _ := records.ColumnOf(table, k.Column)
	return column.Nullable && d.nullsFollowOrder(k)
}

// orderBy sorts by the raw columns. Nulls come where the database sorts them, unless
// the key says otherwise.
func (d *Dialect) orderBy(st *Statement, keys []records.SortKey, expression func(column string) string) {
	for n, k := range keys {
		if n == 0 {
			st.SQL(" ORDER BY ")
		} else {
			st.SQL(", ")
		}
		name := expression(k.Column)
		switch k.Nulls {
		case records.NullsFirst:
			st.SQL("CASE WHEN ", name, " IS NULL THEN 0 ELSE 1 END, ")
		case records.NullsLast:
			st.SQL("CASE WHEN ", name, " IS NULL THEN 1 ELSE 0 END, ")
		}
		st.SQL(name)
		if k.Descending {
			st.SQL(" DESC")
		}
	}
}

func (d *Dialect) nullsFollowOrder(k records.SortKey) bool {
	switch k.Nulls {
	case records.NullsFirst:
		return false
	case records.NullsLast:
		return true
	}
	return d.nullsHigh != k.Descending
}
