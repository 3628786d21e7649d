package concurrency

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
)

// A large request is one client: its commands wait for each other and share one
// connection, whatever the pool would give.
func TestBulkUsesOneConnection(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		for _, connections := range []int{1, 20} {
			if connections > 1 && db.Dialect == servers.SQLite {
				continue // it has its own number
			}
			t.Run(fmt.Sprint("pool of ", connections), func(t *testing.T) {
				var statements overlaps
				node := rpctest.New(t, db, func(c *dbbackend.Config) {
					c.MaxConnections, c.Observer = connections, statements.observe
					c.SchemaPoll = -1 // which would use a connection beside the commands
				})
				before := countConnections(t, db)
				// A command that wants a second connection waits for it in vain.
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				for n, a := range node.Request(ctx, registrytest.Admin(), bulk(connections)...) {
					if a.Error != nil {
						t.Fatalf("command %d: %s", n, a)
					}
				}
				// Connections of earlier pools may be going away at the same time.
				if opened := countConnections(t, db) - before; opened > 1 {
					t.Errorf("%d connections", opened)
				}
				if statements.count < rpctest.MaxCommands || statements.overlapping > 0 {
					t.Errorf("%d statements, %d of which began before the one before had ended", statements.count, statements.overlapping)
				}
			})
		}
	})
}

// bulk has a thousand commands of all kinds, none of which fails.
func bulk(run int) []rpctest.Command {
	var commands []rpctest.Command
	for n := 0; len(commands) < rpctest.MaxCommands; n++ {
		id, namespace := fmt.Sprintf("00000000-0000-4000-8000-%06d%06d", run, n), fmt.Sprintf("n-%d-%d", run, n)
		commands = append(commands,
			rpctest.Command{Name: "image_create", Kwargs: rpctest.Object{"values": rpctest.Object{
				"id": id, "status": "queued", "owner": "t1", "properties": rpctest.Object{"a": "1"},
			}}},
			rpctest.Command{Name: "image_tag_set_all", Kwargs: rpctest.Object{"image_id": id, "tags": []string{"x", "y"}}},
			rpctest.Command{Name: "image_update", Kwargs: rpctest.Object{"image_id": id, "values": rpctest.Object{
				"status": "active", "locations": []rpctest.Object{{"url": "file:///x", "metadata": nil, "status": "active"}},
			}}},
			rpctest.Command{Name: "image_get_all", Kwargs: rpctest.Object{"marker": id, "limit": 2, "return_tag": true}},
			rpctest.Command{Name: "image_member_create", Kwargs: rpctest.Object{"values": rpctest.Object{"image_id": id, "member": "t2"}}},
			rpctest.Command{Name: "task_create", Kwargs: rpctest.Object{"values": rpctest.Object{"type": "import", "status": "pending", "owner": "t1"}}},
			rpctest.Command{Name: "task_get_all", Kwargs: rpctest.Object{"limit": 1}},
			rpctest.Command{Name: "metadef_namespace_create", Kwargs: rpctest.Object{"values": rpctest.Object{"namespace": namespace, "owner": "t1"}}},
			rpctest.Command{Name: "metadef_resource_type_association_create", Kwargs: rpctest.Object{
				"namespace_name": namespace, "values": rpctest.Object{"name": namespace, "properties_target": nil, "prefix": nil},
			}},
			rpctest.Command{Name: "metadef_namespace_delete", Kwargs: rpctest.Object{"namespace_name": namespace}},
		)
	}
	return commands
}

// overlaps counts statements that began while another one ran.
type overlaps struct {
	mu                 sync.Mutex
	count, overlapping int
	end                time.Time
}

func (o *overlaps) observe(_ string, took time.Duration, _ error) {
	now := time.Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count++
	if now.Add(-took).Before(o.end) {
		o.overlapping++
	}
	if now.After(o.end) {
		o.end = now
	}
}

// countConnections is how many connections the server has to the database, that
// of the test included.
func countConnections(t *testing.T, db *servers.Database) int {
	t.Helper()
	query := map[servers.Kind]string{
		servers.MySQL:      "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()",
		servers.PostgreSQL: "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
		servers.SQLite:     "SELECT 0",
	}[db.Dialect]
	return servers.Value[int](t, db, query)
}

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
