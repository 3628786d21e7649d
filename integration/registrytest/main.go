package registrytest

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/glancegate/glancegate/integration/servers"
)

// Main runs the tests of a package, stops the servers they shared and fails if
// any goroutine is left then: of a backend that was closed, nothing may remain.
func Main(m *testing.M) { goleak.VerifyTestMain(runner{m}) }

type runner struct{ m *testing.M }

func (r runner) Run() int {
	defer servers.Stop()
	return r.m.Run()
}
