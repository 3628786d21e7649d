package storage

import (
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// Whatever mode the connections have, every operation works.
func TestEveryOperationInEveryMode(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	for _, mode := range []string{"", "ANSI,NO_BACKSLASH_ESCAPES", "STRICT_ALL_TABLES,PIPES_AS_CONCAT"} {
		t.Run(mode, func(t *testing.T) {
			node := registrytest.New(t, db, func(c *dbbackend.Config) { c.SQLMode = records.NullOf(mode) })
			node.Tour()
			backslash := node.CreateImage(registrytest.Object{"name": `a\'b"c`, "status": "queued"})
			if got := node.RespondTo("GET /images/" + backslash).As(registrytest.Admin()).ExpectImage(); *got.Name != `a\'b"c` {
				t.Errorf("the name is %q", *got.Name)
			}
		})
	}
}
