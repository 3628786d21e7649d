// Package glanceapi does what glance-api does on behalf of its users, command by
// command as recorded from a glance-api of Train (registry-v2-rpc.md, 10).
package glanceapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// A gateway on loopback with `identity none` is what glance-registry was by
// default.
func TestActions(t *testing.T) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			base := integration.StartGateway(t, fmt.Sprintf("bind 127.0.0.1\nglance_registry {\ndatabase `%s`\nidentity none\n}", db.URL))
			address := strings.TrimPrefix(base, "http://")
			for name, action := range map[string]func(*driver){
				"images": lifeOfAnImage, "tasks": lifeOfATask, "namespaces": lifeOfNamespaces,
			} {
				t.Run(name, func(t *testing.T) { action(&driver{t, address}) })
			}
		})
	}
}
