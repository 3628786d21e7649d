// Package coherence tests under load how old an answer can be: two gateways with
// caches and one Redis, writes through one of them and straight in the database,
// and readers of both.
package coherence

import (
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }
