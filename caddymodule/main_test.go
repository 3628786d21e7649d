package caddymodule

import (
	"os"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(listenVariable); address != "" {
		listenUntilTold(address)
		return
	}
	servers.Main(m)
}
