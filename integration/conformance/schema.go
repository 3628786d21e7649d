package conformance

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	releases "github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

// schema is how the tables differ from those that were recorded, which are of
// Train. A nil schema does not differ.
type schema struct {
	lacking []string // columns of images

	// old tables have is_public in the place of visibility.
	old bool

	// oneRow tables have no second row for a project's membership in an image,
	// not even of a deleted one.
	oneRow bool

	// moved are the images of the dataset that others may see than in the
	// record, with those who do; only where the tables are old.
	moved map[string]*movedImage
}

// recordedColumns are the columns of Train's tables.
func recordedColumns() (map[string][]string, error) {
	release, err := releases.Read("train")
	if err != nil {
		return nil, err
	}
	columns := map[string][]string{}
	for name, t := range release.Tables {
		for _, c := range t.Columns {
			columns[name] = append(columns[name], c.Name)
		}
	}
	return columns, nil
}

// compareWithRecord finds out what the tables lack, and leaves columns alone that
// the record does not have: rows get no value for them, and they are not compared.
func (s *store) compareWithRecord() error {
	recorded, err := recordedColumns()
	if err != nil {
		return err
	}
	images := s.columns["images"]
	s.schema = &schema{old: !slices.Contains(images, "visibility") && slices.Contains(images, isPublic)}
	for _, c := range recorded["images"] {
		if !slices.Contains(images, c) {
			s.schema.lacking = append(s.schema.lacking, c)
		}
	}
	// Of Mitaka and Newton on SQLite (database-schema.md, 5).
	s.schema.oneRow = s.dialect == servers.SQLite && slices.Contains(images, isPublic)
	for name, columns := range s.columns {
		s.columns[name] = slices.DeleteFunc(columns, func(c string) bool {
			return !slices.Contains(recorded[name], c) && !(s.schema.old && name == "images" && c == isPublic)
		})
	}
	return nil
}

const isPublic = "is_public"

// cellOf is what a row of a dataset has in a column.
func cellOf(cells map[string]any, column string) any {
	if v, ok := cells[column]; ok || column != isPublic {
		return v
	}
	return cells["visibility"] == "public"
}

// The reasons for which cases do not apply to a schema, as skips.json has them.
const (
	needsColumn     = "needs a column that the release lacks"
	needsVisibility = "needs visibilities"
	needsImage      = "is about an image with other rights than in the record"
	needsPage       = "has a page that images with other rights would push others from"
	needsPrivate    = "makes members of images that are not shared"
	needsTwoRows    = "has two rows for a member, which the release takes on other databases only"
)

//go:embed skips.json
var skipsJSON []byte

// skips are the cases that do not apply, by reason.
var skips = sync.OnceValue(func() (list map[string][]string) {
	if err := json.Unmarshal(skipsJSON, &list); err != nil {
		panic(err) // it is part of the program
	}
	return list
})

// reasons are those that hold for this schema.
func (s *schema) reasons() (list []string) {
	if slices.ContainsFunc(s.lacking, func(column string) bool { return column != "visibility" }) {
		list = append(list, needsColumn)
	}
	if s.oneRow {
		list = append(list, needsTwoRows)
	}
	if s.old {
		list = append(list, needsVisibility, needsImage, needsPage, needsPrivate)
	}
	return list
}

// applies is empty for a case whose record holds for the schema, or the reason
// why it does not.
func (s *schema) applies(c *Case) string {
	for _, reason := range s.reasons() {
		if slices.Contains(skips()[reason], c.ID) {
			return reason
		}
	}
	return ""
}

// movedImage is an image that is not public, and whose rights are others where
// there is no visibility: a community image, or a private one with members.
type movedImage struct {
	owner   any
	members []any
}

// use makes the images of a dataset known.
func (s *schema) use(set *Dataset) {
	s.moved = map[string]*movedImage{}
	if !s.old {
		return
	}
	members := map[string][]any{}
	for _, m := range set.Tables["image_members"] {
		if m["deleted"] == false {
			id := m["image_id"].(string)
			members[id] = append(members[id], m["member"])
		}
	}
	for _, i := range set.Tables["images"] {
		id := i["id"].(string)
		if v := i["visibility"]; v == "community" || v == "private" && len(members[id]) > 0 {
			s.moved[id] = &movedImage{owner: i["owner"], members: members[id]}
		}
	}
}

// listable reports whether a caller may find an image in a list, by the rules of
// Mitaka and Newton (registry-v2-rpc.md, 6.2).
func (i *movedImage) listable(r Request) bool {
	owner := r.Headers["X-Project-Id"] + r.Headers["X-Tenant-Id"]
	if owner == "" || slices.Contains(strings.Split(strings.ToLower(r.Headers["X-Roles"]), ","), "admin") {
		return true
	}
	return i.owner == owner || slices.Contains(i.members, any(owner))
}

// withoutMoved takes the moved images out of the lists of an answer, of which the
// record tells nothing, as far as the caller may find them there.
func (s *schema) withoutMoved(r Request, v any) any {
	drop := func(list []any) []any {
		return slices.DeleteFunc(list, func(x any) bool {
			object, _ := x.(map[string]any)
			id, _ := object["id"].(string)
			i := s.moved[id]
			return i != nil && i.listable(r)
		})
	}
	switch v := v.(type) {
	case map[string]any:
		if list, ok := v["images"].([]any); ok {
			v["images"] = drop(list)
		}
	case []any:
		for n, result := range v {
			if list, ok := result.([]any); ok {
				v[n] = drop(list)
			}
		}
	}
	return v
}
