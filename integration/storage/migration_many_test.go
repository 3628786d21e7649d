package storage

import (
	"sync"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

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
			execute(t, db, "ALTER TABLE "+table+" ALTER COLUMN name TYPE "+name)
		}
		work()
	}
}
