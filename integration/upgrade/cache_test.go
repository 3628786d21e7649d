package upgrade

import (
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// What a cache holds is forgotten when the schema changes: rows may read in
// another way, and data steps have changed them.
func TestChangeOfSchemaDropsCache(t *testing.T) {
	o := begins(t, servers.MySQL, "queens", "cache {\nttl 1h\n}")
	o.load.end()
	const id = "00000000-0000-4000-8000-00000000cafe"
	o.load.rpc("image_create", object{"values": object{"id": id, "name": "first", "status": "active"}})
	name := func() any {
		image, _ := o.load.rpc("image_get", object{"image_id": id}).(object)
		return image["name"]
	}
	for range 2 {
		if got := name(); got != "first" {
			t.Fatal(got)
		}
	}
	if _, err := o.db.DB.Exec("UPDATE images SET name = 'second' WHERE id = ?", id); err != nil {
		t.Fatal(err)
	}
	if got := name(); got != "first" {
		t.Fatalf("%v: nothing is cached, so nothing is tested", got)
	}
	if err := o.step("rocky", "expand"); err != nil {
		t.Fatal(err)
	}
	o.await("the cache to be dropped", func() bool { return name() == "second" })
}
