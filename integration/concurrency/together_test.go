// Package concurrency tests what many clients at once, of one gateway node or of
// several, may and may not see.
package concurrency

import (
	"sync"
	"testing"

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
