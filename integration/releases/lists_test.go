package releases

import (
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
