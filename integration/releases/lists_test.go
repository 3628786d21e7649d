package releases

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/access"
)

// shown are the images of a list, in its order, with their visibilities.
func shown(node *rpctest.Registry, caller *access.Caller, kwargs rpctest.Object) string {
	var images []struct {
		ID         string
		Visibility *string
	}
	node.Call("image_get_all", kwargs).As(caller).Into(&images)
	var list []string
	for _, i := range images {
		text := i.ID + " null"
		if i.Visibility != nil {
			text = i.ID + " " + *i.Visibility
		}
		list = append(list, text)
	}
	if kwargs["sort_key"] == nil {
		slices.Sort(list)
	}
	return strings.Join(list, ", ")
}

func filtered(visibility string) rpctest.Object {
	return rpctest.Object{"filters": rpctest.Object{"visibility": visibility, "deleted": false}}
}

// Mitaka and Newton know whether an image is public, and nothing more
// (registry-v2-rpc.md, 6.2).
func TestVisibilitiesOfMitaka(t *testing.T) {
	servers.EachRelease(t, "mitaka", func(t *testing.T, db *servers.Database) {
		addImage(t, db, "a-public", map[string]string{"is_public": "true"})
		addImage(t, db, "b-alone", map[string]string{"is_public": "false"})
		addImage(t, db, "c-member", map[string]string{"is_public": "false"})
		addImage(t, db, "d-left", map[string]string{"is_public": "false"})
		addMember(t, db, "c-member", "friend", "accepted", false)
		addMember(t, db, "c-member", "other", "pending", false)
		addMember(t, db, "d-left", "friend", "accepted", true)
		node := rpctest.New(t, db)
		own, friend, other, admin := registrytest.Member("own"), registrytest.Member("friend"), registrytest.Member("other"), registrytest.Admin()
		const public, alone, member, left = "a-public public", "b-alone private", "c-member shared", "d-left private"
		for _, row := range []struct {
			who    string
			caller *access.Caller
			kwargs rpctest.Object
			want   []string
		}{
			{"admin", admin, nil, []string{public, alone, member, left}},
			{"admin, public", admin, filtered("public"), []string{public}},
			{"admin, private", admin, filtered("private"), []string{alone, member, left}},
			{"admin, shared", admin, filtered("shared"), []string{member, left}},
			{"admin, community", admin, filtered("community"), []string{public, alone, member, left}},
			{"admin, not public", admin, rpctest.Object{"is_public": false}, []string{alone, member, left}},
			{"owner", own, nil, []string{public, alone, member, left}},
			{"owner, private", own, filtered("private"), []string{alone, member, left}},
			{"owner, shared", own, filtered("shared"), nil},
			{"friend", friend, nil, []string{public, member}},
			{"friend, shared", friend, filtered("shared"), []string{member}},
			{"friend, private", friend, filtered("private"), []string{member}},
			{"other", other, nil, []string{public}},
			{"other, all", other, rpctest.Object{"member_status": "all"}, []string{public, member}},
			{"nobody", registrytest.Member("x"), nil, []string{public}},
		} {
			if got, want := shown(node, row.caller, row.kwargs), strings.Join(row.want, ", "); got != want {
				t.Errorf("%s: %s, want %s", row.who, got, want)
			}
		}
		if got := shown(node, admin, rpctest.Object{"sort_key": []string{"visibility", "id"}, "sort_dir": []string{"asc", "asc"}}); got !=
			strings.Join([]string{alone, left, public, member}, ", ") {
			t.Errorf("sorted by visibility: %s", got)
		}
		node.Call("image_get", rpctest.Object{"image_id": "c-member"}).As(other).OK()
		node.Call("image_get", rpctest.Object{"image_id": "d-left"}).As(friend).Fails("Forbidden")
	})
}

// While both columns exist, visibility counts where it has a value
// (database-schema.md, 4.2).
func TestVisibilitiesOfBothColumns(t *testing.T) {
	servers.EachRelease(t, "ocata-expanded", func(t *testing.T, db *servers.Database) {
		if db.Dialect == servers.MySQL { // rows from before the triggers
			db.Exec(t, "DROP TRIGGER insert_visibility")
		}
		addImage(t, db, "a", map[string]string{"is_public": "true", "visibility": "NULL"})
		addImage(t, db, "b", map[string]string{"is_public": "false", "visibility": "NULL"})
		addImage(t, db, "c", map[string]string{"is_public": "false", "visibility": "NULL"})
		addImage(t, db, "d", map[string]string{"is_public": "false", "visibility": "'community'"})
		addImage(t, db, "e", map[string]string{"is_public": "NULL", "visibility": "NULL"})
		addImage(t, db, "f", map[string]string{"is_public": "false", "visibility": "'private'"})
		addMember(t, db, "c", "friend", "accepted", false)
		addMember(t, db, "f", "friend", "accepted", false)
		node := rpctest.New(t, db)
		friend, own, admin := registrytest.Member("friend"), registrytest.Member("own"), registrytest.Admin()
		for _, row := range []struct {
			who    string
			caller *access.Caller
			kwargs rpctest.Object
			want   string
		}{
			{"admin", admin, nil, "a public, b private, c shared, e private, f private"},
			{"owner", own, nil, "a public, b private, c shared, d community, e private, f private"},
			{"friend", friend, nil, "a public, c shared"},
			{"friend, community", friend, filtered("community"), "d community"},
			{"friend, all", friend, filtered("all"), "a public, c shared, d community"},
			{"admin, private", admin, filtered("private"), "b private, e private, f private"},
			{"admin, not public", admin, rpctest.Object{"is_public": false, "filters": rpctest.Object{"visibility": "all"}},
				"b private, c shared, d community, e private, f private"},
		} {
			if got := shown(node, row.caller, row.kwargs); got != row.want {
				t.Errorf("%s: %s, want %s", row.who, got, row.want)
			}
		}
		want := "b private, e private, f private, a public, c shared, d community"
		if db.Dialect == servers.SQLite { // which has no ENUM
			want = "d community, b private, e private, f private, a public, c shared"
		}
		if got := shown(node, admin, rpctest.Object{"sort_key": []string{"visibility", "id"}, "sort_dir": []string{"asc", "asc"},
			"filters": rpctest.Object{"visibility": "all"}}); got != want {
			t.Errorf("sorted by visibility: %s, want %s", got, want)
		}
	})
}

// A contract step that failed has lost what was public; nobody but owners and
// administrators sees these images (database-schema.md, 4.5).
func TestFailedContract(t *testing.T) {
	servers.EachRelease(t, "ocata-expanded", func(t *testing.T, db *servers.Database) {
		if db.Dialect == servers.MySQL {
			db.Exec(t, "DROP TRIGGER insert_visibility")
			db.Exec(t, "DROP TRIGGER update_visibility")
		} else {
			db.Exec(t, "DROP INDEX ix_images_is_public")
		}
		addImage(t, db, "a", map[string]string{"visibility": "NULL"})
		db.Exec(t, "ALTER TABLE images DROP COLUMN is_public")
		backend := registrytest.Open(t, db)
		state, err := backend.State(t.Context())
		if err != nil || state.Kind != "half contracted" || state.Note == "" || backend.Writable() != nil {
			t.Errorf("%s: %s, %v, %v", state, state.Note, err, backend.Writable())
		}
		node := rpctest.New(t, db)
		if got := shown(node, registrytest.Admin(), nil) + "; " + shown(node, registrytest.Member("own"), filtered("private")) + "; " +
			shown(node, registrytest.Member("x"), nil); got != "a private; a private; " {
			t.Error(got)
		}
		node.Call("image_get", rpctest.Object{"image_id": "a"}).As(registrytest.Member("x")).Fails("Forbidden")
		testWrites(t, db, "ocata")
	})
}

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
