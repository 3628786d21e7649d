package concurrency

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// epoch is a time of rows whose time does not matter.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// SQLite knows no deadlock: it has one writer, who takes his lock at the start.
var deadlocking = []servers.Kind{servers.MySQL, servers.PostgreSQL}

// Two transactions of the rules lock two images in opposite order. The database
// ends one of them, which runs again: both succeed, and each exactly once.
func TestDeadlockOfTwoTransactions(t *testing.T) {
	for _, dialect := range deadlocking {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			backend := registrytest.Open(t, db, impatient)
			node := registrytest.Serve(t, backend)
			images := [2]string{node.CreateImage(registrytest.Object{}), node.CreateImage(registrytest.Object{})}
			var attempts atomic.Int32
			var both, done sync.WaitGroup
			both.Add(2)
			for n := range 2 {
				done.Go(func() {
					var met sync.Once
					err := backend.InTx(t.Context(), func(tx records.Tx) error {
						attempts.Add(1)
						if _, err := tx.LockImage(t.Context(), images[n]); err != nil {
							return err
						}
						// Only a first attempt has the other's company.
						met.Do(func() { both.Done(); both.Wait() })
						if _, err := tx.LockImage(t.Context(), images[1-n]); err != nil {
							return err
						}
						return addTag(t.Context(), tx, images[n], name(n))
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			done.Wait()
			if attempts.Load() < 3 {
				t.Error("there was no deadlock")
			}
			if n := servers.Value[int](t, db, "SELECT count(*) FROM image_tags"); n != 2 {
				t.Errorf("%d rows from two transactions", n)
			}
		})
	}
}

// The other transaction is glance-api's, say, and it is the gateway's that has to
// go: it comes back once the other has ended.
func TestDeadlockWithAnotherProgram(t *testing.T) {
	for _, dialect := range deadlocking {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			backend := registrytest.Open(t, db, impatient)
			node := registrytest.Serve(t, backend)
			first, second := node.CreateImage(registrytest.Object{}), node.CreateImage(registrytest.Object{})
			other := begin(t, db)
			weigh(t, other, second)
			lockRow(t, other, "images", second)

			attempts := 0
			gatewayHasFirst := make(chan struct{})
			otherEnded := make(chan error)
			go func() {
				<-gatewayHasFirst
				_, err := other.Exec("SELECT id FROM images WHERE id = '" + first + "' FOR UPDATE")
				if err == nil {
					err = other.Commit()
				}
				otherEnded <- err
			}()
			err := backend.InTx(t.Context(), func(tx records.Tx) error {
				attempts++
				if _, err := tx.LockImage(t.Context(), first); err != nil {
					return err
				}
				if err := addTag(t.Context(), tx, first, "once"); err != nil {
					return err
				}
				if attempts == 1 {
					close(gatewayHasFirst)
				}
				_, err := tx.LockImage(t.Context(), second)
				return err
			})
			if err != nil {
				t.Error(err)
			}
			if err := <-otherEnded; err != nil {
				t.Errorf("the other program: %v", err)
			}
			if attempts < 2 {
				t.Error("the gateway's transaction was not the victim")
			}
			if n := servers.Value[int](t, db, "SELECT count(*) FROM image_tags WHERE value = 'once'"); n != 1 {
				t.Errorf("%d rows from one transaction", n)
			}
		})
	}
}

// impatient makes the gateway's transactions look for a deadlock before those of
// other programs do, which PostgreSQL then spares.
func impatient(c *dbbackend.Config) {
	if u, err := url.Parse(c.URL); err == nil && u.Scheme == "postgresql" {
		c.URL += "?options=-c%20deadlock_timeout%3D20ms"
	}
}

func addTag(ctx context.Context, tx records.Tx, image, value string) error {
	_, err := tx.Insert(ctx, records.ImageTags, records.Values{
		{Column: "image_id", Value: image}, {Column: "value", Value: value},
		{Column: "created_at", Value: epoch}, {Column: "deleted", Value: false},
	})
	return err
}

// begin starts a transaction of another program.
func begin(t *testing.T, db *servers.Database) *sql.Tx {
	t.Helper()
	tx, err := db.DB.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if db.Dialect == servers.PostgreSQL {
		if _, err := tx.Exec("SET LOCAL deadlock_timeout = '1min'"); err != nil {
			t.Fatal(err)
		}
	}
	return tx
}

// weigh makes a transaction change many rows: MariaDB ends the one that has
// changed least.
func weigh(t *testing.T, tx *sql.Tx, image string) {
	t.Helper()
	for range 20 {
		_, err := tx.Exec("INSERT INTO image_tags (image_id, value, created_at, deleted) VALUES ('" + image +
			"', 'other', '2026-01-01', false)")
		if err != nil {
			t.Fatal(err)
		}
	}
}

func lockRow(t *testing.T, tx *sql.Tx, table, id string) {
	t.Helper()
	if _, err := tx.Exec("SELECT id FROM " + table + " WHERE id = '" + id + "' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
}

const (
	patience = 300 * time.Millisecond // of the client
	margin   = 10 * time.Second
)

// Another program keeps a property locked. An update that has changed the image
// already waits for the property, gives up when its request ends, and leaves
// nothing behind.
func TestWaitForALockEndsWithTheRequest(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		node := registrytest.New(t, db)
		id := node.CreateImage(registrytest.Object{"name": "before", "properties": registrytest.Object{"p": "before"}})
		other := begin(t, db)
		if db.Dialect != servers.SQLite {
			lockRow(t, other, "image_properties", propertyID(t, db, id))
		}
		start := time.Now() // before the request's time begins
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		node.RespondTo("PUT /images/" + id).During(ctx).JSON(registrytest.Object{"image": registrytest.Object{
			"name": "after", "properties": registrytest.Object{"p": "after"},
		}}).Expect(http.StatusServiceUnavailable)
		if took := time.Since(start); took < patience || took > patience+margin {
			t.Errorf("a request of %v took %v", patience, took)
		}
		if err := other.Rollback(); err != nil {
			t.Fatal(err)
		}
		// This waits for what the database still does for the lost request.
		node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{"min_ram": 1}}).
			Expect(http.StatusOK)
		image := node.RespondTo("GET /images/" + id).ExpectImage()
		if *image.Name != "before" || *image.Properties["p"] != "before" {
			t.Errorf("half of an update that failed: %s, %s", *image.Name, *image.Properties["p"])
		}
	})
}

// A client that disconnects is no failure of the gateway, and is not reported.
func TestClientGoesAway(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		node := registrytest.New(t, db)
		id := node.CreateImage(registrytest.Object{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, request := range []string{"GET /images/" + id, "GET /images/detail", "DELETE /images/" + id} {
			a := node.RespondTo(request).During(ctx).Expect(http.StatusServiceUnavailable)
			if a.Cause != nil {
				t.Errorf("%s: reported as %v", request, a.Cause)
			}
		}
		node.RespondTo("GET /images/" + id).Expect(http.StatusOK)
	})
}

func propertyID(t *testing.T, db *servers.Database, image string) string {
	t.Helper()
	return servers.Value[string](t, db, "SELECT id FROM image_properties WHERE image_id = '"+image+"'")
}

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
		return servers.Value[int](t, db, query) > 0
	})
}
