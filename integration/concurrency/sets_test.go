package concurrency

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
)

// onCommandNodes runs a test on every database with two nodes.
func onCommandNodes(t *testing.T, test func(t *testing.T, db *servers.Database, nodes []*rpctest.Registry)) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		test(t, db, []*rpctest.Registry{rpctest.New(t, db).On(t), rpctest.New(t, db).On(t)})
	})
}

func newImage(node *rpctest.Registry) string {
	var created struct{ ID string }
	node.Call("image_create", rpctest.Object{"values": rpctest.Object{"status": "queued"}}).Into(&created)
	return created.ID
}

func allSucceed(t *testing.T, answers []*rpctest.Answer) {
	t.Helper()
	for _, a := range answers {
		if a.Error != nil {
			t.Errorf("%s", a)
		}
	}
}

// Every client sets tags, one of them everybody's. Each is there once then, and
// all are those of one client.
func TestTagsAreSetAtOnce(t *testing.T) {
	onCommandNodes(t, func(t *testing.T, db *servers.Database, nodes []*rpctest.Registry) {
		for range roundsOn(db) {
			id := newImage(nodes[0])
			allSucceed(t, together(func(client int) *rpctest.Answer {
				return nodes[client%2].Call("image_tag_set_all", rpctest.Object{
					"image_id": id, "tags": []string{"everybody's", name(client), "also " + name(client)},
				}).Answer()
			}))
			var tags []string
			nodes[0].Call("image_tag_get_all", rpctest.Object{"image_id": id}).Into(&tags)
			own := map[string]bool{}
			for _, tag := range tags {
				own[tag] = true
			}
			if len(tags) != 3 || len(own) != 3 {
				t.Fatalf("tags %q", tags)
			}
			nodes[1].Call("image_tag_set_all", rpctest.Object{"image_id": id, "tags": []string{}}).OK()
			if n := servers.Value[int](t, db, "SELECT count(*) FROM image_tags WHERE image_id = '"+id+"' AND NOT deleted"); n != 0 {
				t.Fatalf("%d tags can't be removed", n)
			}
		}
	})
}

// All clients add the same child. An image has one property of a name, one
// membership of a project over v1, and the locations of one client; a namespace
// has one definition of a name, and one association.
func TestOneOfEach(t *testing.T) {
	onCommandNodes(t, func(t *testing.T, db *servers.Database, nodes []*rpctest.Registry) {
		v1 := []*registrytest.Registry{registrytest.New(t, db), registrytest.New(t, db)}
		for round := range roundsOn(db) {
			id, namespace := newImage(nodes[0]), fmt.Sprint("N", round)
			nodes[0].Call("metadef_namespace_create", rpctest.Object{"values": rpctest.Object{"namespace": namespace, "owner": "t-admin"}}).OK()
			one := rpctest.Object{"name": "one", "json_schema": rpctest.Object{}}
			for _, c := range []struct {
				from    string
				command string
				kwargs  rpctest.Object
				taken   string // the exception of those that come late; empty: they succeed
			}{
				{"image_properties WHERE image_id = '" + id + "'", "image_property_create",
					rpctest.Object{"values": rpctest.Object{"image_id": id, "name": "one", "value": "v"}}, "RPCError"},
				{"image_locations WHERE NOT deleted AND image_id = '" + id + "'", "image_update", rpctest.Object{"image_id": id, "values": rpctest.Object{
					"locations": []rpctest.Object{{"url": "file:///x", "metadata": nil, "status": "active"}},
				}}, ""},
				{"metadef_objects", "metadef_object_create", rpctest.Object{"namespace_name": namespace, "object_dict": one}, "MetadefDuplicateObject"},
				{"metadef_properties", "metadef_property_create", rpctest.Object{"namespace_name": namespace, "property_dict": one}, "MetadefDuplicateProperty"},
				{"metadef_tags", "metadef_tag_create", rpctest.Object{"namespace_name": namespace, "tag_dict": one}, "MetadefDuplicateTag"},
				{"metadef_namespace_resource_types", "metadef_resource_type_association_create", rpctest.Object{"namespace_name": namespace, "values": rpctest.Object{
					"name": namespace, "prefix": nil, "properties_target": nil,
				}}, "MetadefDuplicateResourceTypeAssociation"},
			} {
				won := 0
				for _, a := range together(func(client int) *rpctest.Answer { return nodes[client%2].Call(c.command, c.kwargs).Answer() }) {
					switch {
					case a.Error == nil:
						won++
					case a.Error.Class != c.taken:
						t.Errorf("%s: %s", c.command, a)
					}
				}
				if n := servers.Value[int](t, db, "SELECT count(*) FROM "+c.from); n != 1 || c.taken != "" && won != 1 {
					t.Errorf("%s: %d rows, %d succeed", c.command, n, won)
				}
			}
			for _, a := range together(func(client int) *registrytest.Answer {
				return v1[client%2].RespondTo("PUT /images/" + id + "/members/m").Answer()
			}) {
				if a.Status != http.StatusNoContent {
					t.Errorf("%s", a)
				}
			}
			if n := servers.Value[int](t, db, "SELECT count(*) FROM image_members WHERE image_id = '"+id+"'"); n != 1 {
				t.Errorf("%d memberships", n)
			}
			nodes[0].Call("metadef_namespace_delete", rpctest.Object{"namespace_name": namespace}).OK()
		}
	})
}

// Clients delete a tag and a member that image has several times, and all of
// them are gone, whichever comes first.
func TestDuplicatesAreRemoved(t *testing.T) {
	onCommandNodes(t, func(t *testing.T, db *servers.Database, nodes []*rpctest.Registry) {
		rest := registrytest.New(t, db)
		duplicates := func() (id string, rows []int) {
			id = newImage(nodes[0])
			for range 3 {
				nodes[0].Call("image_tag_create", rpctest.Object{"image_id": id, "value": "t"}).OK()
				var member struct{ ID int }
				nodes[0].Call("image_member_create", rpctest.Object{"values": rpctest.Object{"image_id": id, "member": "m"}}).Into(&member)
				rows = append(rows, member.ID)
			}
			return id, rows
		}
		for what, remove := range map[string]func(id string, rows []int){
			"the tag, the membership by its id": func(id string, rows []int) {
				nodes[0].Call("image_tag_delete", rpctest.Object{"image_id": id, "value": "t"}).OK()
				nodes[0].Call("image_member_delete", rpctest.Object{"memb_id": rows[1]}).OK()
			},
			"all tags, the member over v1": func(id string, _ []int) {
				nodes[0].Call("image_tag_set_all", rpctest.Object{"image_id": id, "tags": []string{}}).OK()
				rest.RespondTo("DELETE /images/" + id + "/members/m").Expect(http.StatusNoContent)
			},
			"all over v1": func(id string, _ []int) {
				rest.RespondTo("PUT /images/" + id + "/members").JSON(rpctest.Object{"memberships": []string{}}).Expect(http.StatusNoContent)
				nodes[0].Call("image_tag_delete", rpctest.Object{"image_id": id, "value": "t"}).OK()
			},
			"the image":         func(id string, _ []int) { nodes[0].Call("image_destroy", rpctest.Object{"image_id": id}).OK() },
			"the image over v1": func(id string, _ []int) { rest.RespondTo("DELETE /images/" + id).Expect(http.StatusOK) },
		} {
			id, rows := duplicates()
			remove(id, rows)
			for _, table := range []string{"image_tags", "image_members"} {
				if n := servers.Value[int](t, db, "SELECT count(*) FROM "+table+" WHERE image_id = '"+id+"' AND NOT deleted"); n != 0 {
					t.Errorf("%s: %d live rows of %s", what, n, table)
				}
			}
		}
		// Setting a tag that is there several times leaves one.
		id, _ := duplicates()
		nodes[0].Call("image_tag_set_all", rpctest.Object{"image_id": id, "tags": []string{"t"}}).OK()
		if n := servers.Value[int](t, db, "SELECT count(*) FROM image_tags WHERE image_id = '"+id+"' AND NOT deleted"); n != 1 {
			t.Errorf("%d live rows of a tag that was set", n)
		}
	})
}

// A membership can be deleted however soon after one of the same project.
func TestMembershipsComeAndGo(t *testing.T) {
	onCommandNodes(t, func(t *testing.T, db *servers.Database, nodes []*rpctest.Registry) {
		id := newImage(nodes[0])
		for range 4 {
			var member struct{ ID int }
			nodes[0].Call("image_member_create", rpctest.Object{"values": rpctest.Object{"image_id": id, "member": "m"}}).Into(&member)
			nodes[1].Call("image_member_delete", rpctest.Object{"memb_id": member.ID}).OK()
		}
		if n := servers.Value[int](t, db, "SELECT count(*) FROM image_members WHERE image_id = '"+id+"' AND deleted"); n != 4 {
			t.Errorf("%d deleted memberships", n)
		}
	})
}

// Every client replaces the tags of a namespace, and those of one remain.
func TestMetadefTagsAreReplacedAtOnce(t *testing.T) {
	onCommandNodes(t, func(t *testing.T, db *servers.Database, nodes []*rpctest.Registry) {
		nodes[0].Call("metadef_namespace_create", rpctest.Object{"values": rpctest.Object{"namespace": "N", "owner": "t-admin"}}).OK()
		for range roundsOn(db) {
			allSucceed(t, together(func(client int) *rpctest.Answer {
				return nodes[client%2].Call("metadef_tag_create_tags", rpctest.Object{
					"namespace_name": "N", "tag_list": []rpctest.Object{{"name": "everybody's"}, {"name": name(client)}},
				}).Answer()
			}))
			if n := servers.Value[int](t, db, "SELECT count(*) FROM metadef_tags"); n != 2 {
				t.Fatalf("%d tags in the namespace", n)
			}
		}
	})
}

// Of clients that fill a namespace while another deletes it, those that come late
// find none: no row is left without its namespace.
func TestNothingStaysOfANamespace(t *testing.T) {
	onCommandNodes(t, func(t *testing.T, db *servers.Database, nodes []*rpctest.Registry) {
		withoutForeignKeys(t, db)
		for round := range roundsOn(db) {
			namespace := fmt.Sprint("N", round)
			nodes[0].Call("metadef_namespace_create", rpctest.Object{"values": rpctest.Object{"namespace": namespace, "owner": "t-admin"}}).OK()
			for client, a := range together(func(client int) *rpctest.Answer {
				if client == 0 {
					return nodes[0].Call("metadef_namespace_delete", rpctest.Object{"namespace_name": namespace}).Answer()
				}
				return nodes[client%2].Call("metadef_object_create", rpctest.Object{
					"namespace_name": namespace, "object_dict": rpctest.Object{"name": name(client), "json_schema": rpctest.Object{}},
				}).Answer()
			}) {
				if a.Error != nil && (client == 0 || a.Error.Class != "MetadefNamespaceNotFound") {
					t.Errorf("client %d: %s", client, a)
				}
			}
			if n := servers.Value[int](t, db, "SELECT count(*) FROM metadef_objects"); n != 0 {
				t.Fatalf("%d objects without a namespace", n)
			}
		}
	})
}
