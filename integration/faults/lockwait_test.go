package faults

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// The bounds of docs/operations.md, with a margin for slow machines.
const (
	connections    = 8
	connectionWait = 10 * time.Second
	lockPatience   = 10 * time.Second
	margin         = 15 * time.Second
)

// Another program keeps an image locked, and more clients than there are
// connections want to change it. Reads go on meanwhile, and every writer gets an
// answer within the bound; nothing is changed, and all is well once the lock is
// gone.
func TestReadsGoOnWhileWritersWait(t *testing.T) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			db := servers.NewDatabase(t, dialect)
			node := registrytest.New(t, db, limited)
			id := newImage(node)
			free := lockImage(t, db, id)
			var writers sync.WaitGroup
			for range 2 * connections {
				writers.Go(func() {
					start := time.Now()
					a := node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{"name": "after"}}).Answer()
					if a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
						t.Errorf("%s", a)
					}
					if took := time.Since(start); took > connectionWait+lockPatience+margin {
						t.Errorf("a writer waited for %v", took)
					}
				})
			}
			done := make(chan struct{})
			go func() { writers.Wait(); close(done) }()
			slowest := time.Duration(0)
			for waiting := true; waiting; {
				for _, c := range reads(node, id) {
					start := time.Now()
					c.Expect(http.StatusOK)
					slowest = max(slowest, time.Since(start))
				}
				select {
				case <-done:
					waiting = false
				case <-time.After(50 * time.Millisecond):
				}
			}
			t.Logf("the slowest read took %v", slowest)
			if slowest > connectionWait {
				t.Errorf("a read waited for %v, behind writers", slowest)
			}
			free()
			if name := node.RespondTo("GET /images/" + id).ExpectImage().Name; *name != "before" {
				t.Errorf("a failed update has left the name %q", *name)
			}
			for _, c := range writes(node, id) {
				c.Expect(http.StatusOK, http.StatusNoContent)
			}
		})
	}
}

// limited is a small pool.
func limited(c *dbbackend.Config) { c.MaxConnections = connections }

// lockImage locks the row of an image, or the whole file where there are no
// locks of rows, in a transaction of another program.
func lockImage(t *testing.T, db *servers.Database, id string) (free func()) {
	t.Helper()
	other, err := db.DB.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Rollback() })
	lock := "SELECT id FROM images WHERE id = '" + id + "' FOR UPDATE"
	if db.Dialect == servers.SQLite {
		lock = "UPDATE images SET name = name WHERE id = '" + id + "'"
	}
	if _, err := other.Exec(lock); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := other.Rollback(); err != nil {
			t.Error(err)
		}
	}
}
