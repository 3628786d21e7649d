package concurrency

import (
	"net/http"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// Another program changes the children of an image, without the lock of the image
// that the gateway takes, while a request waits for one of them. With
// innodb_snapshot_isolation MariaDB calls that a conflict (error 1020) where others
// let the request go on: it succeeds either way, and works with what the other
// program has left.
func TestRowChangesWhileARequestWaits(t *testing.T) {
	image := registrytest.Object{"image": registrytest.Object{
		"name": "after", "properties": registrytest.Object{"p": "after"}, "location": "file:///after",
	}}
	members := registrytest.Object{"memberships": []registrytest.Object{{"member_id": "after"}}}
	requests := map[string]func(*registrytest.Registry, string) *registrytest.Call{
		"PUT": func(n *registrytest.Registry, id string) *registrytest.Call {
			return n.RespondTo("PUT /images/" + id).JSON(image)
		},
		"PUT, purging": func(n *registrytest.Registry, id string) *registrytest.Call {
			return n.RespondTo("PUT /images/"+id).With("X-Glance-Registry-Purge-Props", "true").JSON(image)
		},
		"DELETE": func(n *registrytest.Registry, id string) *registrytest.Call {
			return n.RespondTo("DELETE /images/" + id)
		},
		"PUT members": func(n *registrytest.Registry, id string) *registrytest.Call {
			return n.RespondTo("PUT /images/" + id + "/members").JSON(members)
		},
		"DELETE member": func(n *registrytest.Registry, id string) *registrytest.Call {
			return n.RespondTo("DELETE /images/" + id + "/members/before")
		},
	}
	for _, dialect := range deadlocking {
		for name, request := range requests {
			t.Run(string(dialect)+" "+name, func(t *testing.T) {
				db := servers.NewDatabase(t, dialect)
				node := registrytest.New(t, db)
				id := node.CreateImage(registrytest.Object{
					"name": "before", "is_public": true, "properties": registrytest.Object{"p": "before"}, "location": "file:///before",
				})
				node.RespondTo("PUT /images/" + id + "/members/before").Expect(http.StatusNoContent)
				other := begin(t, db)
				for _, statement := range []string{
					"UPDATE image_locations SET status = 'active' WHERE image_id = '" + id + "'",
					"UPDATE image_locations SET meta_data = '{\"n\": 1}' WHERE image_id = '" + id + "'",
					"UPDATE image_properties SET value = 'other' WHERE image_id = '" + id + "'",
					"UPDATE image_members SET can_share = true WHERE image_id = '" + id + "'",
				} {
					if _, err := other.Exec(statement); err != nil {
						t.Fatal(err)
					}
				}
				answer := make(chan *registrytest.Answer)
				go func() { answer <- request(node, id).Answer() }()
				awaitWaiting(t, db)
				if err := other.Commit(); err != nil {
					t.Fatal(err)
				}
				a := <-answer
				if a.Status != http.StatusOK && a.Status != http.StatusNoContent {
					t.Fatalf("%s\n%v", a, a.Cause)
				}
				if name == "PUT" {
					now := node.RespondTo("GET /images/" + id).ExpectImage()
					if *now.Properties["p"] != "after" {
						t.Errorf("not what both have left: %+v", now)
					}
				}
			})
		}
	}
}

// awaitWaiting waits until a session of the database waits for a lock.
func awaitWaiting(t *testing.T, db *servers.Database) {
	t.Helper()
	query := "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
	if db.Dialect == servers.MySQL {
		query = "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND time_ms > 100 AND info LIKE '/* glance_registry%'"
	}
	kit.Wait(t, "waiting for the lock", func() bool {
		var n int
		if err := db.DB.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n > 0
	})
}
