package concurrency

import (
	"net/http"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

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
				if n := count(t, db, table+" WHERE image_id = '"+id+"' AND NOT deleted"); n > 0 {
					t.Errorf("%d live rows in %s of a deleted image", n, table)
				}
			}
			if n := count(t, db, "images WHERE id = '"+id+"' AND deleted"); n != 1 {
				t.Errorf("the image is not deleted")
			}
		}
	})
}
