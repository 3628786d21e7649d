package faults

import (
	"net/http"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// After a restart every connection of the pool is dead. No request may notice:
// nothing that was asked for has been done yet.
func TestRestartBetweenRequests(t *testing.T) {
	ways := map[string]func(*servers.Server, testing.TB){
		"stopped": (*servers.Server).Stop, "killed": (*servers.Server).Kill,
	}
	onEachServer(t, func(t *testing.T, s *servers.Server) {
		for name, end := range ways {
			t.Run(name, func(t *testing.T) {
				backend := registrytest.Open(t, s.NewDatabase(t))
				node := registrytest.Serve(t, backend)
				id := newImage(node)
				for _, c := range append(reads(node, id), writes(node, id)[:3]...) {
					fillPool(t, backend)
					end(s, t)
					s.Start(t)
					c.Expect(http.StatusOK, http.StatusNoContent)
				}
				node.Tour()
			})
		}
	})
}

// fillPool leaves several idle connections, all of which were used a moment ago.
func fillPool(t *testing.T, backend *dbbackend.Backend) {
	t.Helper()
	const connections = 5
	var busy, done sync.WaitGroup
	busy.Add(connections)
	for range connections {
		done.Go(func() {
			err := backend.InTx(t.Context(), func(records.Tx) error {
				busy.Done()
				busy.Wait()
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
}
