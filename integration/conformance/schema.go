package conformance

import (
	"encoding/json"
	"slices"

	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/integration/testdata"
)

// schema is how the tables differ from those that were recorded, which are of
// Train. A nil schema does not differ.
type schema struct {
	lacking []string // columns of images

	// old tables have is_public in the place of visibility.
	old bool

	// oneRow tables have no second row for a project's membership in an image,
	// not even of a deleted one. members are those of the dataset.
	oneRow  bool
	members map[string]bool

	// moved are the images of the dataset that others may see than in the
	// record, with those who do; only where the tables are old.
	moved map[string]*movedImage
}

// recordedColumns are the columns of Train's tables.
func recordedColumns() (map[string][]string, error) {
	text, err := testdata.Files.ReadFile("release/train.json")
	if err != nil {
		return nil, err
	}
	var release struct {
		Tables map[string]struct{ Columns []struct{ Name string } }
	}
	if err := json.Unmarshal(text, &release); err != nil {
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
// the record does not have: rows get no value for them and nobody looks at them.
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
