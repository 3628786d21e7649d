package dbbackend

import (
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// after restricts a page to the rows behind a marker in the order of the keys.
// It knows where the database sorts NULL, so that no row is lost or repeated.
// marker gives the marker's value of a column; nil is NULL.
func (d *dialect) after(st *statement, table records.Table, keys []records.SortKey, marker func(column string) any) {
	id := marker("id")
	if v := marker(keys[0].Column); v != nil && !d.nullsFollow(table, keys[0]) {
		// Implied by what follows, but an index can start from it.
		op := " >= "
		if keys[0].Descending {
			op = " <= "
		}
		d.comparesMarker(st, table, keys[0].Column, op, v, id)
		st.sql(" AND ")
	}
	st.sql("(")
	for n, k := range keys {
		if n > 0 {
			st.sql(" OR ")
		}
		st.sql("(")
		for _, equal := range keys[:n] {
			if v := marker(equal.Column); v == nil {
				st.sql("i.", equal.Column, " IS NULL AND ")
			} else {
				d.comparesMarker(st, table, equal.Column, " = ", v, id)
				st.sql(" AND ")
			}
		}
		d.behind(st, table, k, marker(k.Column), id)
		st.sql(")")
	}
	st.sql(")")
}

// comparesMarker adds the comparison of a column with the marker's value. Where
// what was read does not tell how the database sorts it, a value of the wrong type
// in SQLite or a time that is none, the database looks it up.
func (d *dialect) comparesMarker(st *statement, table records.Table, column, op string, v, id any) {
	if t, isTime := v.(time.Time); !d.untyped && !(isTime && hasNoPlace(t)) {
		st.sql("i.", column, op).arg(v)
		return
	}
	st.sql(d.anyTime("i."+column), op, "(SELECT ", d.anyTime("m."+column), " FROM ", string(table), " m WHERE m.id = ").arg(id).sql(")")
}

// behind is true for rows whose key comes strictly after a value.
func (d *dialect) behind(st *statement, table records.Table, k records.SortKey, v, id any) {
	name := "i." + k.Column
	switch {
	case v == nil && d.nullsFollowOrder(k):
		st.sql("1 = 0")
	case v == nil:
		st.sql(name, " IS NOT NULL")
	default:
		op := " > "
		if k.Descending {
			op = " < "
		}
		st.sql("(")
		d.comparesMarker(st, table, k.Column, op, v, id)
		if d.nullsFollow(table, k) {
			st.sql(" OR ", name, " IS NULL")
		}
		st.sql(")")
	}
}

// nullsFollow tells whether rows without a value come behind those with one.
func (d *dialect) nullsFollow(table records.Table, k records.SortKey) bool {
	column, _ := records.ColumnOf(table, k.Column)
	return column.Nullable && d.nullsFollowOrder(k)
}

// orderBy sorts by the raw columns, so nulls come where the database puts them
// unless the key says otherwise.
func (d *dialect) orderBy(st *statement, keys []records.SortKey, expression func(column string) string) {
	for n, k := range keys {
		if n == 0 {
			st.sql(" ORDER BY ")
		} else {
			st.sql(", ")
		}
		name := expression(k.Column)
		switch k.Nulls {
		case records.NullsFirst:
			st.sql("CASE WHEN ", name, " IS NULL THEN 0 ELSE 1 END, ")
		case records.NullsLast:
			st.sql("CASE WHEN ", name, " IS NULL THEN 1 ELSE 0 END, ")
		}
		st.sql(name)
		if k.Descending {
			st.sql(" DESC")
		}
	}
}

func (d *dialect) nullsFollowOrder(k records.SortKey) bool {
	switch k.Nulls {
	case records.NullsFirst:
		return false
	case records.NullsLast:
		return true
	}
	return d.nullsHigh != k.Descending
}
