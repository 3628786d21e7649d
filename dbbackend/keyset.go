package dbbackend

import (
	"github.com/glancegate/glancegate/registry"
)

// after restricts a page to the rows behind a marker in the order of the keys.
// It knows where the database sorts NULL, so that no row is lost or repeated.
// marker gives the marker's value of a column; nil is NULL.
func (d *dialect) after(st *statement, table registry.Table, keys []registry.SortKey, marker func(column string) any) {
	if v := marker(keys[0].Column); v != nil && !d.nullsFollow(table, keys[0]) {
		// Implied by what follows, but an index can start from it.
		op := " >= "
		if keys[0].Descending {
			op = " <= "
		}
		st.sql("i.", keys[0].Column, op).arg(v).sql(" AND ")
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
				st.sql("i.", equal.Column, " = ").arg(v).sql(" AND ")
			}
		}
		d.behind(st, table, k, marker(k.Column))
		st.sql(")")
	}
	st.sql(")")
}

// behind is true for rows whose key comes strictly after a value.
func (d *dialect) behind(st *statement, table registry.Table, k registry.SortKey, v any) {
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
		st.sql("(", name, op).arg(v)
		if d.nullsFollow(table, k) {
			st.sql(" OR ", name, " IS NULL")
		}
		st.sql(")")
	}
}

// nullsFollow tells whether rows without a value come behind those with one.
func (d *dialect) nullsFollow(table registry.Table, k registry.SortKey) bool {
	column, _ := registry.ColumnOf(table, k.Column)
	return column.Nullable && d.nullsFollowOrder(k)
}

// orderBy sorts by the raw columns, so nulls come where the database puts them
// unless the key says otherwise.
func (d *dialect) orderBy(st *statement, keys []registry.SortKey, expression func(column string) string) {
	for n, k := range keys {
		if n == 0 {
			st.sql(" ORDER BY ")
		} else {
			st.sql(", ")
		}
		name := expression(k.Column)
		switch k.Nulls {
		case registry.NullsFirst:
			st.sql("CASE WHEN ", name, " IS NULL THEN 0 ELSE 1 END, ")
		case registry.NullsLast:
			st.sql("CASE WHEN ", name, " IS NULL THEN 1 ELSE 0 END, ")
		}
		st.sql(name)
		if k.Descending {
			st.sql(" DESC")
		}
	}
}

func (d *dialect) nullsFollowOrder(k registry.SortKey) bool {
	switch k.Nulls {
	case registry.NullsFirst:
		return false
	case registry.NullsLast:
		return true
	}
	return d.nullsHigh != k.Descending
}

// sortValue is the value of a column that lists can be sorted by; nil is NULL.
func sortValue(i *registry.Image, column string) any {
	switch column {
	case "id":
		return i.ID
	case "name":
		return orNil(i.Name)
	case "status":
		return i.Status
	case "disk_format":
		return orNil(i.DiskFormat)
	case "container_format":
		return orNil(i.ContainerFormat)
	case "checksum":
		return orNil(i.Checksum)
	case "owner":
		return orNil(i.Owner)
	case "os_hash_algo":
		return orNil(i.OSHashAlgo)
	case "os_hash_value":
		return orNil(i.OSHashValue)
	case "size":
		return orNil(i.Size)
	case "virtual_size":
		return orNil(i.VirtualSize)
	case "min_disk":
		return i.MinDisk
	case "min_ram":
		return i.MinRAM
	case "created_at":
		return i.CreatedAt
	case "updated_at":
		return orNil(i.UpdatedAt)
	case "deleted_at":
		return orNil(i.DeletedAt)
	case "protected":
		return i.Protected
	case "os_hidden":
		return i.OSHidden
	case "deleted":
		return i.Deleted
	}
	return nil
}

func orNil[T any](v registry.Null[T]) any {
	if !v.Valid {
		return nil
	}
	return v.V
}
