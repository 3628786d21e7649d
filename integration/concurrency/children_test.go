package concurrency

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// All clients give the same new property a value. (image_id, name) is unique in
// the database, so the row that one inserts the others have to find.
func TestOneRowForAProperty(t *testing.T) {
	onNodes(t, func(t *testing.T, db *servers.Database, nodes []*registrytest.Registry) {
		for range roundsOn(db) {
			id := nodes[0].CreateImage(registrytest.Object{})
			for _, a := range together(func(client int) *registrytest.Answer {
				return nodes[client%len(nodes)].RespondTo("PUT /images/" + id).JSON(registrytest.Object{
					"image": registrytest.Object{"properties": registrytest.Object{"os_distro": name(client)}},
				}).Answer()
			}) {
				if a.Status != http.StatusOK {
					t.Errorf("%s", a)
				}
			}
			if n := servers.Value[int](t, db, "SELECT count(*) FROM image_properties WHERE image_id = '"+id+"'"); n != 1 {
				t.Errorf("%d rows for one property", n)
			}
		}
	})
}

// Every client replaces all properties by its own. Whichever is last, the image
// has the properties of one client.
func TestPurgesDoNotMix(t *testing.T) {
	onNodes(t, func(t *testing.T, db *servers.Database, nodes []*registrytest.Registry) {
		for range roundsOn(db) {
			id := nodes[0].CreateImage(registrytest.Object{"properties": registrytest.Object{"first": "x"}})
			for _, a := range together(func(client int) *registrytest.Answer {
				return nodes[client%len(nodes)].RespondTo("PUT /images/"+id).
					With("X-Glance-Registry-Purge-Props", "true").
					JSON(registrytest.Object{"image": registrytest.Object{"properties": registrytest.Object{
						"shared": name(client), name(client): "x", "also " + name(client): "x",
					}}}).Answer()
			}) {
				if a.Status != http.StatusOK {
					t.Errorf("%s", a)
				}
			}
			properties := nodes[0].RespondTo("GET /images/" + id).ExpectImage().Properties
			last := *properties["shared"]
			if len(properties) != 3 || properties[last] == nil || properties["also "+last] == nil {
				t.Errorf("properties of several clients: %v", slices.Collect(maps.Keys(properties)))
			}
		}
	})
}

// Every client replaces the members by its own while others look at the list:
// they see the members that one client wanted, never a part or a mixture.
func TestMembersAreReplacedAtOnce(t *testing.T) {
	onNodes(t, func(t *testing.T, db *servers.Database, nodes []*registrytest.Registry) {
		for range roundsOn(db) {
			id := nodes[0].CreateImage(registrytest.Object{})
			var readers sync.WaitGroup
			done := make(chan struct{})
			for _, node := range nodes {
				readers.Go(func() { watchMembers(t, node, id, done) })
			}
			for _, a := range together(func(client int) *registrytest.Answer {
				return nodes[client%len(nodes)].RespondTo("PUT /images/" + id + "/members").JSON(wanted(client)).Answer()
			}) {
				if a.Status != http.StatusNoContent {
					t.Errorf("%s", a)
				}
			}
			close(done)
			readers.Wait()
			if problem := mixture(t, nodes[0], id); problem != "" {
				t.Error(problem)
			}
			if n := servers.Value[int](t, db, "SELECT count(*) FROM image_members WHERE image_id = '"+id+"' AND NOT deleted"); n != 3 {
				t.Errorf("%d live memberships, want 3", n)
			}
		}
	})
}

// wanted are three members: one for all clients, two of one client.
func wanted(client int) registrytest.Object {
	return registrytest.Object{"memberships": []registrytest.Object{
		{"member_id": "everybody's", "can_share": client%2 == 0},
		{"member_id": fmt.Sprintf("%d a", client), "can_share": client%2 == 0},
		{"member_id": fmt.Sprintf("%d b", client), "can_share": client%2 == 0},
	}}
}

func watchMembers(t *testing.T, node *registrytest.Registry, id string, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
		}
		if problem := mixture(t, node, id); problem != "" {
			t.Error(problem)
			return
		}
	}
}

// mixture says what is wrong with a list of members that should be none, or
// those of one client.
func mixture(t *testing.T, node *registrytest.Registry, id string) string {
	var body struct {
		Members []struct {
			ID       string `json:"member_id"`
			CanShare bool   `json:"can_share"`
		}
	}
	a := node.RespondTo("GET /images/" + id + "/members").Answer()
	if a.Status != http.StatusOK {
		return a.String()
	}
	a.Into(&body)
	owners, shares := map[string]bool{}, map[bool]bool{}
	for _, m := range body.Members {
		if client, _, own := strings.Cut(m.ID, " "); own {
			owners[client] = true
		}
		shares[m.CanShare] = true
	}
	if n := len(body.Members); n == 0 || n == 3 && len(owners) == 1 && len(shares) == 1 {
		return ""
	}
	return fmt.Sprintf("members of several clients, or not all of one: %+v", body.Members)
}

// The owner deletes an image while others of his project change it. What comes
// too late finds no image; nothing is ever added to one that is gone.
func TestNothingIsAddedToADeletedImage(t *testing.T) {
	owner := registrytest.Member("t1")
	onNodes(t, func(t *testing.T, db *servers.Database, nodes []*registrytest.Registry) {
		for range roundsOn(db) {
			id := nodes[0].RespondTo("POST /images").As(owner).JSON(registrytest.Object{"image": registrytest.Object{
				"properties": registrytest.Object{"old": "x"}, "location": "file:///old",
			}}).ExpectImage().ID
			answers := together(func(client int) *registrytest.Answer {
				node := nodes[client%len(nodes)]
				switch {
				case client == clients/2:
					return node.RespondTo("DELETE /images/" + id).As(owner).Answer()
				case client%3 == 0:
					return node.RespondTo("PUT /images/" + id + "/members/" + name(client)).As(owner).Answer()
				}
				return node.RespondTo("PUT /images/" + id).As(owner).JSON(registrytest.Object{"image": registrytest.Object{
					"properties": registrytest.Object{name(client): "x"}, "location": "file:///" + name(client),
				}}).Answer()
			})
			for client, a := range answers {
				switch {
				case client == clients/2 && a.Status == http.StatusOK:
				case client != clients/2 && a.Status == http.StatusNotFound:
				case client != clients/2 && (a.Status == http.StatusOK || a.Status == http.StatusNoContent):
				default:
					t.Errorf("client %d: %s", client, a)
				}
			}
			for _, table := range []string{"image_properties", "image_locations", "image_members", "image_tags"} {
				if n := servers.Value[int](t, db, "SELECT count(*) FROM "+table+" WHERE image_id = '"+id+"' AND NOT deleted"); n > 0 {
					t.Errorf("%d live rows in %s of a deleted image", n, table)
				}
			}
			if n := servers.Value[int](t, db, "SELECT count(*) FROM images WHERE id = '"+id+"' AND deleted"); n != 1 {
				t.Errorf("the image is not deleted")
			}
		}
	})
}
