package properties

import (
	"context"
	"database/sql"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// node is a gateway in front of one kind of database.
type node struct {
	dialect  servers.Kind
	db       *sql.DB
	registry *registrytest.Registry
}

// eachNode makes a node for every kind of database.
func eachNode(t *testing.T) []node {
	var nodes []node
	for _, dialect := range servers.Dialects {
		db := servers.NewDatabase(t, dialect)
		nodes = append(nodes, node{dialect, db.DB, registrytest.New(t, db)})
	}
	return nodes
}

// empty removes all images.
func (n node) empty(t *testing.T) {
	for _, table := range []string{"image_properties", "image_locations", "image_members", "image_tags", "images"} {
		if _, err := n.db.ExecContext(context.Background(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
}
