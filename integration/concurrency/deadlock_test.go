package concurrency

import (
	"context"
	"database/sql"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
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
			if n := count(t, db, "image_tags"); n != 2 {
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
			if n := count(t, db, "image_tags WHERE value = 'once'"); n != 1 {
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
