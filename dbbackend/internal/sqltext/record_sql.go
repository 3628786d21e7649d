package sqltext

import "fmt"

// The kinds of rows, in the first column.
const (
	ImageRow = iota
	PropertyRow
	LocationRow
	MemberRow
	TagRow
)

// ChildSelect is the select list and table of one kind of children.
func (d *Dialect) ChildSelect(kind int) string {
	// Texts in the order of addTo, and the boolean, with NULL for what is left.
	layout := map[int]struct {
		table, flag string
		texts       []string
	}{
		PropertyRow: {"image_properties", d.nullBool, []string{"c.name", "c.value"}},
		LocationRow: {"image_locations", d.nullBool, []string{"c.value", "c.meta_data", "c.status"}},
		MemberRow:   {"image_members", "c.can_share", []string{"c.member", "c.status"}},
		TagRow:      {"image_tags", d.nullBool, []string{"c.value"}},
	}[kind]
	text := fmt.Sprintf("SELECT %d, c.image_id, c.id, %s, %s, %s", kind, d.nullBig, d.nullInt, d.nullInt)
	for n := range 9 {
		if n < len(layout.texts) {
			text += ", " + layout.texts[n]
		} else {
			text += ", " + d.nullText
		}
	}
	return text + ", " + layout.flag + ", " + d.nullBool +
		", c.created_at, c.updated_at, c.deleted_at, c.deleted FROM " + layout.table + " c"
}

// recordText is the SQL that reads a record. Its only argument, the id, occurs once
// for the image and once for each kind of children.
func (d *Dialect) recordText(s *Schema) string {
	st := d.NewStatement("image_get").SQL("SELECT ", s.ImageColumns, " FROM images i WHERE i.id = ").Arg("")
	for kind := PropertyRow; kind <= TagRow; kind++ {
		st.SQL(" UNION ALL ", d.ChildSelect(kind), " WHERE c.image_id = ").Arg("")
	}
	return st.String()
}
