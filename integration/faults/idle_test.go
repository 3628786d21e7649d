package faults

import (
	"bufio"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// mostPerConnection is what docs/operations.md says of the memory of a connection
// that waits for its next request, with a margin.
const mostPerConnection = 64 << 10

// Ten thousand clients keep a connection after their first request.
func TestIdleConnectionsUnderLoad(t *testing.T) {
	for _, dialect := range on(servers.MySQL) {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			g := gateways.Start(t, recommended, site(db.URL, ""))
			l := scenario.Begin(t, db, g.URLs)
			before := g.Memory(t)
			count := lasts(2_000, 10_000)
			var held []net.Conn
			defer func() {
				for _, c := range held {
					_ = c.Close()
				}
			}()
			for range count {
				held = append(held, idle(t, g.URLs[0]))
			}
			l.Work(lasts(time.Second, 30*time.Second))
			each := (g.Memory(t) - before) / int64(count)
			t.Logf("%d idle connections: %d KiB each", count, each>>10)
			l.End("idle connections", g.Peak(t), scenario.Bounds{Longest: mostInterference, Peak: before + int64(count)*mostPerConnection + mostMemory/2})
			if each > mostPerConnection {
				t.Errorf("a connection that is idle takes %d bytes", each)
			}
		})
	}
}

// idle is a connection after a request that was answered.
func idle(t *testing.T, url string) net.Conn {
	t.Helper()
	c, err := dial(url)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte(wire("GET", "/images?limit=1", ""))); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	res.Body.Close()
	return c
}
