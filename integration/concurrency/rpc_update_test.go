package concurrency

import (
	"testing"

	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
)

// The commands of two nodes do what requests to registry v1 do: of updates from
// one state one wins, and the image is the winner's as a whole. glance-api knows
// the others by the class of their error.
func TestOneImageUpdateFromAStateWins(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		nodes := []*rpctest.Registry{rpctest.New(t, db), rpctest.New(t, db)}
		for range rounds {
			var created struct{ ID string }
			nodes[0].Call("image_create", rpctest.Object{"values": rpctest.Object{"status": "queued"}}).Into(&created)
			answers := together(func(client int) *rpctest.Answer {
				return nodes[client%len(nodes)].Call("image_update", rpctest.Object{
					"image_id": created.ID, "from_state": "queued", "purge_props": true,
					"values": rpctest.Object{
						"status": "saving", "name": name(client),
						"properties": rpctest.Object{"winner": name(client)},
						"locations":  []rpctest.Object{{"url": "file:///" + name(client), "metadata": nil, "status": "active"}},
					},
				}).Answer()
			})
			winner := onlySuccess(t, answers)
			var image struct {
				Name       string
				Properties []struct{ Value string }
				Locations  []struct{ URL string }
			}
			nodes[1].Call("image_get", rpctest.Object{"image_id": created.ID}).Into(&image)
			if image.Name != name(winner) || len(image.Properties) != 1 || image.Properties[0].Value != name(winner) ||
				len(image.Locations) != 1 || image.Locations[0].URL != "file:///"+name(winner) {
				t.Errorf("client %d won, but the image is %+v", winner, image)
			}
		}
	})
}

// onlySuccess finds the one client whose command succeeded; those of the others
// must have ended with a Conflict.
func onlySuccess(t *testing.T, answers []*rpctest.Answer) int {
	t.Helper()
	winner := -1
	for client, a := range answers {
		switch {
		case a.Error == nil && winner < 0:
			winner = client
		case a.Error == nil:
			t.Errorf("client %d won, and client %d, too", winner, client)
		case a.Error.Class != "Conflict":
			t.Errorf("client %d: %s", client, a)
		}
	}
	if winner < 0 {
		t.Fatal("nobody won")
	}
	return winner
}
