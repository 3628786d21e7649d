package releases

import (
	"encoding/json"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
)

// What a release lacks reads as its default, and can be asked for.
func TestLackingColumns(t *testing.T) {
	servers.EachRelease(t, "queens", func(t *testing.T, db *servers.Database) {
		node := rpctest.New(t, db)
		node.Call("image_create", rpctest.Object{"values": rpctest.Object{
			"id": "a", "status": "active", "os_hidden": true, "os_hash_algo": "sha512", "os_hash_value": "1234",
		}}).OK()
		node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": "b", "status": "active", "os_hidden": nil}}).OK()
		node.Call("image_update", rpctest.Object{"image_id": "b", "values": rpctest.Object{"os_hash_algo": "md5", "os_hidden": true}}).OK()
		var image struct {
			Hidden *bool   `json:"os_hidden"`
			Algo   *string `json:"os_hash_algo"`
		}
		node.Call("image_get", rpctest.Object{"image_id": "a"}).Into(&image)
		if image.Hidden == nil || *image.Hidden || image.Algo != nil {
			t.Errorf("%+v", image)
		}
		for filter, want := range map[string]string{
			`{"os_hidden": false}`: "a shared, b shared", `{"os_hidden": true}`: "", `{"os_hash_value": null}`: "a shared, b shared",
			`{"os_hash_value": "1234"}`: "", `{"os_hash_algo": "sha512"}`: "",
		} {
			var filters rpctest.Object
			if err := json.Unmarshal([]byte(filter), &filters); err != nil {
				t.Fatal(err)
			}
			if got := shown(node, registrytest.Admin(), rpctest.Object{"filters": filters}); got != want {
				t.Errorf("%s: %q, want %q", filter, got, want)
			}
		}
		sorted := rpctest.Object{"sort_key": []string{"os_hash_algo", "os_hash_value", "id"}, "sort_dir": []string{"asc", "desc", "desc"}, "limit": 1}
		first := shown(node, registrytest.Admin(), sorted)
		sorted["marker"] = "b"
		if second := shown(node, registrytest.Admin(), sorted); first != "b shared" || second != "a shared" {
			t.Errorf("pages: %q, %q", first, second)
		}
	})
}
