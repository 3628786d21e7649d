// Package concurrency tests what many clients at once, of one gateway node or of
// several, may and may not see.
package concurrency

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { registrytest.Main(m) }

const (
	clients = 16
	rounds  = 20
)

// roundsOn is how often a test is repeated on a database. SQLite's writers, each
// with its own node, wait for one another in ever longer sleeps.
func roundsOn(db *servers.Database) int {
	if db.Dialect == servers.SQLite {
		return rounds / 4
	}
	return rounds
}

// together lets all clients begin at the same moment and returns what each got.
func together[T any](request func(client int) T) []T {
	var waiting, done sync.WaitGroup
	start := make(chan struct{})
	results := make([]T, clients)
	for n := range clients {
		waiting.Add(1)
		done.Go(func() {
			waiting.Done()
			<-start
			results[n] = request(n)
		})
	}
	waiting.Wait()
	close(start)
	done.Wait()
	return results
}

// onNodes runs a test on every database with one and with two gateway nodes.
func onNodes(t *testing.T, test func(t *testing.T, db *servers.Database, nodes []*registrytest.Registry)) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		first, second := registrytest.New(t, db), registrytest.New(t, db)
		t.Run("one node", func(t *testing.T) {
			test(t, db, []*registrytest.Registry{first.On(t)})
		})
		t.Run("two nodes", func(t *testing.T) {
			test(t, db, []*registrytest.Registry{first.On(t), second.On(t)})
		})
	})
}

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

// A list reads its images and their properties one after the other. No image in it
// has a name of before an update and a property of after it.
func TestListsDuringUpdates(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		node := registrytest.New(t, db)
		var ids []string
		for range 4 {
			ids = append(ids, node.CreateImage(registrytest.Object{"name": "0", "properties": registrytest.Object{"p": "0"}}))
		}
		var writers sync.WaitGroup
		defer writers.Wait()
		stop := make(chan struct{})
		defer close(stop)
		for _, id := range ids {
			writers.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					value := fmt.Sprint(n)
					node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{
						"name": value, "properties": registrytest.Object{"p": value},
					}}).Answer()
				}
			})
		}
		names := map[string]bool{}
		for start := time.Now(); time.Since(start) < time.Second; {
			images := node.RespondTo("GET /images/detail?is_public=none").ExpectImages()
			if len(images) != len(ids) {
				t.Fatalf("the list has %d images", len(images))
			}
			for _, i := range images {
				names[*i.Name] = true
				if property := i.Properties["p"]; property == nil || *property != *i.Name {
					t.Fatalf("image %s has the name %q and the properties %v", i.ID, *i.Name, i.Properties)
				}
			}
		}
		if len(names) < 3 {
			t.Errorf("the names %v show no update", names)
		}
	})
}
