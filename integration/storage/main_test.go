// Package storage tests what the gateway makes of the three databases: how often
// it asks them, in which order lists come, which schemas do, and how large an
// image may be.
package storage

import (
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
)

func TestMain(m *testing.M) { registrytest.Main(m) }
