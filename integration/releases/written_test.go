package releases

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

// Every visibility can be written to every release, and is read back as what the
// release makes of it.
func TestVisibilitiesAreWritten(t *testing.T) {
	for _, name := range []string{"mitaka", "ocata-expanded", "ocata", schema.Newest} {
		t.Run(name, func(t *testing.T) {
			servers.EachRelease(t, name, func(t *testing.T, db *servers.Database) { testWrites(t, db, name) })
		})
	}
}

func testWrites(t *testing.T, db *servers.Database, name string) {
	node := rpctest.New(t, db)
	check := func(id, visibility string) {
		t.Helper()
		var got struct{ Visibility string }
		node.Call("image_get", rpctest.Object{"image_id": id}).Into(&got)
		public, read := fmt.Sprint(visibility == "public"), visibility
		if name == "mitaka" && visibility != "public" {
			read = "private"
		}
		if got.Visibility != read {
			t.Errorf("%s reads as %s", visibility, got.Visibility)
		}
		if name == "mitaka" || name == "ocata-expanded" {
			if column := columnOf(t, db, id, "is_public"); column != public {
				t.Errorf("%s: is_public is %s", visibility, column)
			}
		}
		if name != "mitaka" {
			if column := columnOf(t, db, id, "visibility"); column != visibility {
				t.Errorf("%s: visibility is %s", visibility, column)
			}
		}
	}
	all := []string{"private", "public", "shared", "community"}
	for _, from := range all {
		id := "new-" + from
		node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": id, "status": "active", "visibility": from}}).OK()
		check(id, from)
		for _, to := range all {
			node.Call("image_update", rpctest.Object{"image_id": id, "values": rpctest.Object{"visibility": to, "name": "to " + to}}).OK()
			check(id, to)
			node.Call("image_update", rpctest.Object{"image_id": id, "values": rpctest.Object{"name": "still " + to}}).OK()
			check(id, to)
		}
	}
	node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": "default", "status": "active"}}).OK()
	check("default", "shared")
	node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": "old", "status": "active", "is_public": true}}).OK()
	check("old", "public")
}
