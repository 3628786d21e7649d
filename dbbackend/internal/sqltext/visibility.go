package sqltext

import (
	"github.com/glancegate/glancegate/registry/records"
)

// isPublic is the column of Mitaka and Newton that visibility replaced.
const isPublic = "is_public"

// visibility is the SQL for the visibility of an image, depending on the columns of
// the release (database-schema.md, 4.2).
type visibility struct {
	// old: only is_public exists; both: both columns exist.
	old, both bool

	// text is the visibility as text. Without the column it is what the migration to
	// Ocata would write.
	text string

	// is can be compared with the name of a visibility. It is the bare column if
	// possible, since planners have statistics about it.
	is string

	// order sorts as the ENUM does.
	order string
}

func (s *Schema) visibilityOf(d *Dialect) visibility {
	const images = string(records.Images)
	fromOld := "CASE WHEN i.is_public THEN 'public'" +
		" WHEN EXISTS (SELECT 1 FROM image_members v WHERE v.image_id = i.id AND NOT v.deleted) THEN 'shared'" +
		" ELSE 'private' END"
	v := visibility{old: !s.Has(images, "visibility")}
	v.both = !v.old && s.Has(images, isPublic)
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

// visibleToAll is a condition for images that every caller may list.
func (d *Dialect) visibleToAll(v *visibility, community bool) string {
	switch {
	case v.old:
		return d.noIndex("i.is_public") + " = " + d.trueLiteral()
	case community:
		return d.noIndex(v.is) + " IN ('public', 'community')"
	}
	return d.noIndex(v.is) + " = 'public'"
}

// hidesCommunity reports whether a list has no community images of others.
func (v *visibility) hidesCommunity(c *records.Scope) bool {
	return !v.old && !c.AllVisibilities && (!c.Visibility.Valid || c.TwoVisibilities)
}

// visibleToMembers is a condition for images that their members may list: in Mitaka
// and Newton, all images.
func (d *Dialect) visibleToMembers(v *visibility) string {
	if v.old {
		return "1 = 1"
	}
	return d.noIndex(v.is) + " = 'shared'"
}

// ofVisibility restricts a list to one visibility. Mitaka and Newton have two; "shared"
// means shared with the caller there (registry-v2-rpc.md, 6.2).
func (d *Dialect) ofVisibility(st *Statement, v *visibility, c *records.Scope) {
	switch {
	case !v.old && !c.TwoVisibilities:
		st.SQL(" AND ", v.text, " = ").Arg(c.Visibility.V)
	case c.Visibility.V == records.Public:
		st.SQL(" AND ")
		d.isPublic(st, v, true)
	case c.Visibility.V == records.Private:
		st.SQL(" AND ")
		d.isPublic(st, v, false)
	case c.Visibility.V == records.Shared && !c.Restricted:
		st.SQL(" AND (SELECT 1 FROM image_members m WHERE m.image_id = i.id LIMIT 1) = 1")
	case c.Visibility.V == records.Shared:
		st.SQL(" AND (1 = 0")
		d.sharedWith(st, v, c)
		st.SQL(")")
	}
}

// isPublic adds a condition for public images, or for all others.
func (d *Dialect) isPublic(st *Statement, v *visibility, public bool) {
	switch {
	case v.old:
		st.SQL("i.is_public = ").Boolean(public)
	case public:
		st.SQL(v.text, " = 'public'")
	default:
		st.SQL(v.text, " <> 'public'")
	}
}

// isVisibility compares the visibility of an image with a condition's values.
func (d *Dialect) isVisibility(st *Statement, v *visibility, c records.Condition) error {
	if v.old && (c.Op == records.Equal || c.Op == records.NotEqual) && c.Values[0] == records.Public {
		d.isPublic(st, v, c.Op == records.Equal)
		return nil
	}
	return d.compare(st, v.text, records.Visibility, c)
}

// sortVisibility is what lists are sorted by: the position in the ENUM, or on MySQL the
// name if the original used a UNION, which turned the ENUM into text.
func (d *Dialect) sortVisibility(v *visibility, restricted bool) string {
	if restricted && d.unionSortsText {
		return "CONCAT(" + v.text + ")"
	}
	return v.order
}

// The triggers of an upgrade to Ocata on MySQL (database-schema.md, 4.3). They are
// created up to minutes after the columns.
const (
	InsertTrigger = "insert_visibility"
	UpdateTrigger = "update_visibility"
)

// assignment is a value for a column that the database has.
type assignment struct {
	Column string
	Kind   records.Kind
	Value  any
}

// Written is a row as this release of the schema takes it: without the columns
// that it lacks, and with the visibility in the columns that it has. trigger is
// the one that fires for the statement, where the database has it.
func (s *Schema) Written(table records.Table, row records.Values, trigger string) []assignment {
	kept := make([]assignment, 0, len(row)+1)
	for _, a := range row {
		c, _ := records.ColumnOf(table, a.Column)
		if s.Has(string(table), a.Column) {
			kept = append(kept, assignment{a.Column, c.Kind, a.Value})
		}
		// A trigger that keeps the columns consistent refuses statements with both.
		if c.Kind == records.Visibility && (s.visibility.old || s.visibility.both && !s.triggers[trigger]) {
			kept = append(kept, assignment{isPublic, records.Bool, a.Value == records.Public})
		}
	}
	return kept
}
