package dbbackend

import (
	"github.com/glancegate/glancegate/registry/records"
)

const (
	// maxFilters bounds the properties and tags of one list: SQLite takes
	// conditions to a depth of 1000 only.
	maxFilters = 500

	// maxJoins is how many of them planners may turn into joins. They look at
	// all orders of joins, which kept PostgreSQL busy for minutes.
	maxJoins = 5
)

// childFilters restricts a page to images with all the named properties and
// tags.
func (d *dialect) childFilters(st *statement, q *records.Query) error {
	n := len(q.Properties) + len(q.Tags)
	if n > maxFilters {
		return records.Errorf(records.BadValue, "A list can be filtered by %d properties and tags at most", maxFilters)
	}
	begin, end := " AND EXISTS (SELECT 1 FROM ", ")"
	if n > maxJoins {
		// The value of a subquery is looked up row by row.
		begin, end = " AND (SELECT 1 FROM ", " LIMIT 1) = 1"
	}
	for _, p := range q.Properties {
		st.sql(begin, "image_properties p WHERE p.image_id = i.id AND ", d.noIndex("p.deleted"), " = ").boolean(false)
		st.sql(" AND p.name = ").arg(p.Name).sql(" AND ")
		if err := d.compare(st, "p.value", records.Text, records.Is("value", p.Value)); err != nil {
			return err
		}
		st.sql(end)
	}
	for _, tag := range q.Tags {
		st.sql(begin, "image_tags t WHERE t.image_id = i.id AND ", d.noIndex("t.deleted"), " = ").boolean(false)
		st.sql(" AND t.value = ").arg(tag).sql(end)
	}
	return nil
}
