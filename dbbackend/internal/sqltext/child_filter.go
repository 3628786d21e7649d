package sqltext

import (
	"github.com/glancegate/glancegate/registry/records"
)

const (
	// maxFilters bounds the properties and tags of one list: SQLite nests conditions at
	// most 1000 deep.
	maxFilters = 500

	// maxJoins is how many of them planners may turn into joins. PostgreSQL's planner
	// took minutes to try all orders of more.
	maxJoins = 5
)

// childFilters restricts a page to images with all of the given properties and tags.
func (d *Dialect) childFilters(st *Statement, q *records.Query) error {
	n := len(q.Properties) + len(q.Tags)
	if n > maxFilters {
		return records.Errorf(records.BadValue, "A list can be filtered by %d properties and tags at most", maxFilters)
	}
	begin, end := " AND EXISTS (SELECT 1 FROM ", ")"
	if n > maxJoins {
		// A scalar subquery is evaluated row by row.
		begin, end = " AND (SELECT 1 FROM ", " LIMIT 1) = 1"
	}
	for _, p := range q.Properties {
		st.SQL(begin, "image_properties p WHERE p.image_id = i.id AND ", d.noIndex("p.deleted"), " = ").Boolean(false)
		st.SQL(" AND p.name = ").Arg(p.Name).SQL(" AND ")
		if err := d.compare(st, "p.value", records.Text, records.Is("value", p.Value)); err != nil {
			return err
		}
		st.SQL(end)
	}
	for _, tag := range q.Tags {
		st.SQL(begin, "image_tags t WHERE t.image_id = i.id AND ", d.noIndex("t.deleted"), " = ").Boolean(false)
		st.SQL(" AND t.value = ").Arg(tag).SQL(end)
	}
	return nil
}
