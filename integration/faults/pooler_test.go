package faults

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// Without prepared statements PostgreSQL guesses the types of parameters from the
// statement; every operation has to get along with that.
func TestWithoutPreparedStatements(t *testing.T) {
	db := servers.NewDatabase(t, servers.PostgreSQL)
	registrytest.New(t, db, unprepared).Tour()
}

// PgBouncer gives a client another session of the server for each transaction,
// which knows nothing of what the client prepared before.
func TestThroughPgBouncer(t *testing.T) {
	db := servers.NewDatabase(t, servers.PostgreSQL)
	pooled := servers.NewPgBouncer(t, db)
	nodes := []*registrytest.Registry{
		registrytest.New(t, &servers.Database{URL: pooled}, unprepared),
		registrytest.New(t, &servers.Database{URL: pooled}, unprepared),
	}
	t.Run("many clients", func(t *testing.T) {
		for client := range 16 {
			t.Run(fmt.Sprint(client), func(t *testing.T) {
				t.Parallel()
				for range 3 {
					nodes[client%2].On(t).Tour()
				}
			})
		}
	})
}

func unprepared(c *dbbackend.Config) { c.Prepare = false }
