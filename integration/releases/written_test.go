package releases

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
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

// Clients of Mitaka and Newton know images that are public and others, whatever
// the database has: private is for them all that is not public.
func TestListsOfOldClients(t *testing.T) {
	servers.EachRelease(t, schema.Newest, func(t *testing.T, db *servers.Database) {
		for id, visibility := range map[string]string{"a": "public", "b": "private", "c": "shared", "d": "shared", "e": "community"} {
			addImage(t, db, id, map[string]string{"visibility": "'" + visibility + "'"})
		}
		addMember(t, db, "b", "friend", "accepted", false)
		addMember(t, db, "c", "friend", "accepted", false)
		addMember(t, db, "c", "other", "pending", false)
		node := rpctest.Serve(t, &registry.Service{Store: registrytest.Open(t, db), Release: compat.Newton})
		own, friend, other, admin := registrytest.Member("own"), registrytest.Member("friend"), registrytest.Member("other"), registrytest.Admin()
		pending := filtered("shared")
		pending["member_status"] = "pending"
		for _, row := range []struct {
			who    string
			caller *access.Caller
			kwargs rpctest.Object
			want   string // images
		}{
			{"admin", admin, nil, "abcd"},
			{"admin, public", admin, filtered("public"), "a"},
			{"admin, private", admin, filtered("private"), "bcd"},
			{"admin, shared", admin, filtered("shared"), "bc"},
			{"admin, all", admin, filtered("all"), "abcd"},
			{"admin, other", admin, filtered("x"), "abcd"},
			{"owner", own, nil, "abcde"},
			{"owner, private", own, filtered("private"), "bcde"},
			{"owner, shared", own, filtered("shared"), ""},
			{"friend, private", friend, filtered("private"), "c"},
			{"friend, shared", friend, filtered("shared"), "c"},
			{"friend, public", friend, filtered("public"), "a"},
			{"other, shared", other, filtered("shared"), ""},
			{"other, pending", other, pending, "c"},
			{"nobody, private", registrytest.Member("x"), filtered("private"), ""},
		} {
			var got string
			for image := range strings.SplitSeq(shown(node, row.caller, row.kwargs), ", ") {
				id, _, _ := strings.Cut(image, " ")
				got += id
			}
			if got != row.want {
				t.Errorf("%s: %s, want %s", row.who, got, row.want)
			}
		}
	})
}

// A glance-api of Mitaka sends is_public with every update, changed or not. What
// it does not know of the visibility stays.
func TestUpdatesByOldClients(t *testing.T) {
	for _, name := range []string{"mitaka", "ocata-expanded", schema.Newest} {
		t.Run(name, func(t *testing.T) {
			servers.EachRelease(t, name, func(t *testing.T, db *servers.Database) {
				service := &registry.Service{Store: registrytest.Open(t, db), Release: compat.Newton}
				node, v1 := rpctest.Serve(t, service), registrytest.Serve(t, service.Store)
				for _, visibility := range []string{"private", "public", "shared", "community"} {
					id := "of-" + visibility
					node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": id, "status": "active", "visibility": visibility}}).OK()
					stored := storedVisibility(t, db, name, id)
					update := func(public bool) {
						t.Helper()
						node.Call("image_update", rpctest.Object{"image_id": id, "purge_props": true,
							"values": rpctest.Object{"name": "renamed", "is_public": public}}).OK()
					}
					update(visibility == "public")
					if got := storedVisibility(t, db, name, id); got != stored {
						t.Errorf("%s: renamed, its visibility is %s and was %s", visibility, got, stored)
					}
					update(visibility != "public")
					other := map[bool]string{true: "shared", false: "public"}[visibility == "public"]
					if name == "mitaka" {
						other = map[bool]string{true: "false", false: "true"}[visibility == "public"]
					}
					if got := storedVisibility(t, db, name, id); got != other {
						t.Errorf("%s: changed, its visibility is %s, want %s", visibility, got, other)
					}
				}
				if name == schema.Newest { // clients of Ocata and later mean what they say
					db.Exec(t, "UPDATE images SET visibility = 'community' WHERE id = 'of-shared'")
					v1.RespondTo("PUT /images/of-shared").JSON(registrytest.Object{"image": registrytest.Object{"is_public": false}}).Expect(200)
					if got := storedVisibility(t, db, name, "of-shared"); got != "shared" {
						t.Errorf("not public over v1: %s", got)
					}
				}
			})
		})
	}
}

func storedVisibility(t *testing.T, db *servers.Database, name, id string) string {
	t.Helper()
	if name == "mitaka" {
		return columnOf(t, db, id, "is_public")
	}
	return columnOf(t, db, id, "visibility")
}
