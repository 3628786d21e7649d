package dbbackend

import (
	"github.com/glancegate/glancegate/registry/records"
)

// isPublic is the column of Mitaka and Newton that visibility took the place of.
const isPublic = "is_public"

// visibility is the SQL about the visibility of an image, from whichever columns
// the release has (database-schema.md, 4.2).
type visibility struct {
	// old databases have is_public only, both have both.
	old, both bool

	// text is the visibility as text. An image of a release without the column is
	// what the migration to Ocata would make of it.
	text string

	// is compares with the name of a visibility. Where it is the bare column,
	// planners know how many rows have which.
	is string

	// order sorts as the ENUM does.
	order string
}

func (s *schema) visibilityOf(d *dialect) visibility {
	const images = string(records.Images)
	fromOld := "CASE WHEN i.is_public THEN 'public'" +
		" WHEN EXISTS (SELECT 1 FROM image_members v WHERE v.image_id = i.id AND NOT v.deleted) THEN 'shared'" +
		" ELSE 'private' END"
	v := visibility{old: !s.has(images, "visibility")}
	v.both = !v.old && s.has(images, isPublic)
	switch {
	case v.old:
		v.text = fromOld
	case v.both:
		v.text = "COALESCE(" + d.enumText("i.visibility") + ", " + fromOld + ")"
	case s.columns[images]["visibility"].nullable: // a contract step that failed
		v.text = "COALESCE(" + d.enumText("i.visibility") + ", 'private')"
	default:
		v.text, v.is, v.order = d.enumText("i.visibility"), "i.visibility", "i.visibility"
		return v
	}
	v.is, v.order = v.text, v.text
	if d.hasEnum {
		v.order = "CASE " + v.text + " WHEN 'private' THEN 1 WHEN 'public' THEN 2 WHEN 'shared' THEN 3 ELSE 4 END"
	}
	return v
}

// visibleToAll is true for images that anybody may list.
func (d *dialect) visibleToAll(v *visibility, community bool) string {
	switch {
	case v.old:
		return d.noIndex("i.is_public") + " = " + d.trueLiteral()
	case community:
		return d.noIndex(v.is) + " IN ('public', 'community')"
	}
	return d.noIndex(v.is) + " = 'public'"
}

// visibleToMembers is true for images whose members may list them: in Mitaka and
// Newton those of every image.
func (d *dialect) visibleToMembers(v *visibility) string {
	if v.old {
		return "1 = 1"
	}
	return d.noIndex(v.is) + " = 'shared'"
}

// ofVisibility restricts a list to one visibility. Mitaka and Newton know two,
// and take "shared" for what is shared with the caller (registry-v2-rpc.md, 6.2).
func (d *dialect) ofVisibility(st *statement, v *visibility, c *records.Scope) {
	switch {
	case !v.old && !c.TwoVisibilities:
		st.sql(" AND ", v.text, " = ").arg(c.Visibility.V)
	case c.Visibility.V == records.Public:
		st.sql(" AND ")
		d.isPublic(st, v, true)
	case c.Visibility.V == records.Private:
		st.sql(" AND ")
		d.isPublic(st, v, false)
	case c.Visibility.V == records.Shared && !c.Restricted:
		st.sql(" AND (SELECT 1 FROM image_members m WHERE m.image_id = i.id LIMIT 1) = 1")
	case c.Visibility.V == records.Shared:
		st.sql(" AND (1 = 0")
		d.sharedWith(st, v, c)
		st.sql(")")
	}
}

// isPublic is true for images that are public, or for those that are not.
func (d *dialect) isPublic(st *statement, v *visibility, public bool) {
	switch {
	case v.old:
		st.sql("i.is_public = ").boolean(public)
	case public:
		st.sql(v.text, " = 'public'")
	default:
		st.sql(v.text, " <> 'public'")
	}
}

// isVisibility compares the visibility of an image with the values of a
// condition.
func (d *dialect) isVisibility(st *statement, v *visibility, c records.Condition) error {
	if v.old && (c.Op == records.Equal || c.Op == records.NotEqual) && c.Values[0] == records.Public {
		d.isPublic(st, v, c.Op == records.Equal)
		return nil
	}
	return d.compare(st, v.text, records.Visibility, c)
}

// sortVisibility is what lists are sorted by: the place in the ENUM, but on MySQL
// the name where the original's UNION had made a text of it.
func (d *dialect) sortVisibility(v *visibility, restricted bool) string {
	if restricted && d.unionSortsText {
		return "CONCAT(" + v.text + ")"
	}
	return v.order
}
