package storage

import (
	"net/http"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// changes are what glance-manage or an administrator may do to the tables while
// the gateway runs.
var changes = []struct {
	name string
	make func(*testing.T, *servers.Database)
}{
	{"a column is added", func(t *testing.T, db *servers.Database) {
		db.Exec(t, "ALTER TABLE images ADD COLUMN added VARCHAR(10)")
		db.Exec(t, "ALTER TABLE image_properties ADD COLUMN added VARCHAR(10)")
	}},
	{"a column is dropped", func(t *testing.T, db *servers.Database) { dropColumn(t, db, "os_hidden") }},
	{"several columns are dropped", func(t *testing.T, db *servers.Database) {
		for _, column := range []string{"os_hidden", "os_hash_algo", "os_hash_value"} {
			dropColumn(t, db, column)
		}
	}},
	{"a column gets another type", func(t *testing.T, db *servers.Database) {
		switch db.Dialect {
		case servers.PostgreSQL: // "cached plan must not change result type"
			db.Exec(t, "ALTER TABLE images ALTER COLUMN name TYPE text")
			db.Exec(t, "ALTER TABLE image_properties ALTER COLUMN name TYPE text")
		case servers.MySQL:
			db.Exec(t, "ALTER TABLE images MODIFY name TEXT")
		}
	}},
}

// Whatever happened to the tables, the first request after it succeeds.
func TestTablesChangeUnderneath(t *testing.T) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			for _, change := range changes {
				t.Run(change.name, func(t *testing.T) {
					testChange(t, dialect, change.make)
				})
			}
		})
	}
}

// testChange has a node for every request, so that each meets the change first.
func testChange(t *testing.T, dialect servers.Kind, change func(*testing.T, *servers.Database)) {
	db := servers.NewDatabase(t, dialect)
	nodes := map[string]*registrytest.Registry{}
	images := map[string][2]string{}
	for name := range requests {
		node := registrytest.New(t, db)
		nodes[name], images[name] = node, [2]string{newImage(node), newImage(node)}
	}
	for name, request := range requests {
		request(nodes[name], images[name][0]) // reads the schema and prepares what it needs
	}
	change(t, db)
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			node := nodes[name].On(t)
			request(node, images[name][1])
			node.Tour()
		})
	}
}

func newImage(node *registrytest.Registry) string {
	return node.CreateImage(registrytest.Object{
		"is_public": true, "properties": registrytest.Object{"p": "1"}, "location": "file:///x",
	})
}

// requests are one of each kind, on an image.
var requests = map[string]func(node *registrytest.Registry, id string){
	"show": func(node *registrytest.Registry, id string) { node.RespondTo("GET /images/" + id).ExpectImage() },
	"list": func(node *registrytest.Registry, _ string) { node.RespondTo("GET /images").ExpectImages() },
	"detail": func(node *registrytest.Registry, _ string) {
		node.RespondTo("GET /images/detail?limit=5").ExpectImages()
	},
	"create": func(node *registrytest.Registry, _ string) {
		node.CreateImage(registrytest.Object{"os_hidden": true, "name": "n"})
	},
	"update": func(node *registrytest.Registry, id string) {
		node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{
			"os_hidden": true, "name": "n", "properties": registrytest.Object{"p": "2"},
		}}).ExpectImage()
	},
	"delete": func(node *registrytest.Registry, id string) { node.RespondTo("DELETE /images/" + id).ExpectImage() },
	"members": func(node *registrytest.Registry, id string) {
		node.RespondTo("PUT /images/" + id + "/members/m").Expect(http.StatusNoContent)
	},
	"shared images": func(node *registrytest.Registry, _ string) {
		node.RespondTo("GET /shared-images/m").Expect(http.StatusOK)
	},
}

// PostgreSQL tells each connection by itself that what it has prepared is of no
// use any more. However many there are, no request fails for it.
func TestManyPreparedStatementsChangeUnderneath(t *testing.T) {
	const clients, rounds = 12, 20
	db := servers.NewDatabase(t, servers.PostgreSQL)
	node := registrytest.New(t, db)
	id := newImage(node)
	work := func() {
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				for range rounds {
					for _, request := range []string{"GET /images/detail", "GET /images/" + id} {
						if a := node.RespondTo(request).Answer(); a.Status != 200 {
							t.Errorf("%s: %d %v", request, a.Status, a.Cause)
							return
						}
					}
				}
			})
		}
		all.Wait()
	}
	work()
	for _, name := range []string{"text", "varchar(255)", "text"} {
		for _, table := range []string{"images", "image_properties"} {
			db.Exec(t, "ALTER TABLE "+table+" ALTER COLUMN name TYPE "+name)
		}
		work()
	}
}
