package concurrency

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// Of updates that name the state they start from one wins. glance-api relies on
// it: two uploads to one image must not both become its data.
func TestOneUpdateFromAStateWins(t *testing.T) {
	statuses := []string{"saving", "active", "killed", "deactivated", "importing"}
	onNodes(t, func(t *testing.T, db *servers.Database, nodes []*registrytest.Registry) {
		for range roundsOn(db) {
			id := nodes[0].CreateImage(registrytest.Object{"status": "queued"})
			answers := together(func(client int) *registrytest.Answer {
				return nodes[client%len(nodes)].RespondTo("PUT /images/" + id).JSON(registrytest.Object{
					"from_state": "queued",
					"image": registrytest.Object{
						"status":     statuses[client%len(statuses)],
						"name":       name(client),
						"properties": registrytest.Object{"winner": name(client)},
					},
				}).Answer()
			})
			winner := onlyWinner(t, answers)
			image := nodes[len(nodes)-1].RespondTo("GET /images/" + id).ExpectImage()
			if *image.Name != name(winner) || image.Status != statuses[winner%len(statuses)] ||
				*image.Properties["winner"] != name(winner) {
				t.Errorf("client %d won, but the image is of client %s, %s", winner, *image.Name, image.Status)
			}
		}
	})
}

// Of creations with one id one wins, and the image is the winner's as a whole.
func TestOneCreationOfAnIDWins(t *testing.T) {
	onNodes(t, func(t *testing.T, db *servers.Database, nodes []*registrytest.Registry) {
		for round := range roundsOn(db) {
			id := fmt.Sprintf("00000000-0000-4000-8000-%06d%06d", len(nodes), round)
			answers := together(func(client int) *registrytest.Answer {
				return nodes[client%len(nodes)].RespondTo("POST /images").JSON(registrytest.Object{"image": registrytest.Object{
					"id": id, "name": name(client),
					"properties": registrytest.Object{name(client): "mine"},
					"location":   "file:///" + name(client),
				}}).Answer()
			})
			winner := onlyWinner(t, answers)
			image := nodes[0].RespondTo("GET /images/" + id).ExpectImage()
			if *image.Name != name(winner) || len(image.Properties) != 1 || image.Properties[name(winner)] == nil ||
				len(image.LocationData) != 1 || *image.Location != "file:///"+name(winner) {
				t.Errorf("client %d won, but the image is %+v", winner, image)
			}
		}
	})
}

func name(client int) string { return fmt.Sprintf("client-%d", client) }

// onlyWinner finds the one client that got a 200; the others must have got a
// 409.
func onlyWinner(t *testing.T, answers []*registrytest.Answer) int {
	t.Helper()
	winner := -1
	for client, a := range answers {
		switch {
		case a.Status == http.StatusOK && winner < 0:
			winner = client
		case a.Status == http.StatusOK:
			t.Errorf("client %d won, and client %d, too", winner, client)
		case a.Status != http.StatusConflict:
			t.Errorf("client %d: %s", client, a)
		}
	}
	if winner < 0 {
		t.Fatal("nobody won")
	}
	return winner
}
