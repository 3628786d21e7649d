package properties

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
)

// entry is one of the locations in a request.
type entry struct {
	url, status, metadata any
	row                   int // place of the row that it names by its id; 0: a new one
}

// locations draws a change of the locations of an image. The ids of their rows
// differ from node to node.
func locations(t *testing.T, rt *rapid.T) func(node) string {
	image := uuid(rapid.IntRange(1, 2).Draw(rt, "image"))
	var entries []entry
	for range rapid.IntRange(0, 3).Draw(rt, "locations") {
		entries = append(entries, entry{
			url:      "file:///" + names.Draw(rt, "url"),
			status:   rapid.SampledFrom([]any{"active", "deleted", "pending_delete", "other", nil}).Draw(rt, "status"),
			metadata: rapid.SampledFrom([]any{nil, registrytest.Object{}, registrytest.Object{"k": []any{1, "v"}}}).Draw(rt, "metadata"),
			row:      rapid.IntRange(0, 4).Draw(rt, "row"),
		})
	}
	return func(n node) string {
		rows := n.locationRows(t, image)
		list := []registrytest.Object{}
		for _, e := range entries {
			l := registrytest.Object{"url": e.url, "status": e.status, "metadata": e.metadata}
			switch {
			case e.row > len(rows):
				l["id"] = 1 << 30 // of no row
			case e.row > 0:
				l["id"] = rows[e.row-1]
			}
			list = append(list, l)
		}
		return normal(n.registry.RespondTo("PUT /images/" + image).
			JSON(registrytest.Object{"image": registrytest.Object{"location_data": list}}).Answer())
	}
}

// locationRows are the ids of an image's locations, deleted ones too.
func (n node) locationRows(t *testing.T, image string) (ids []int64) {
	t.Helper()
	rows, err := n.db.Query("SELECT id FROM image_locations WHERE image_id = '" + image + "' ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}
