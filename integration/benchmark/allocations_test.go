package benchmark

import (
	"fmt"
	"math"
	"net/http"
	"runtime"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/servers"
)

// droppedByPools is what a request allocates more since pools lose what they have.
var droppedByPools float64

// TestAllocations compares the allocations of a cached answer with those of Caddy's
// respond. Both include those of the client and of net/http; they don't depend on the
// machine.
func TestAllocations(t *testing.T) {
	db := servers.NewDatabase(t, servers.SQLite)
	fill(t, db, 100, 5)
	cases := []struct {
		name    string
		request request
		limit   float64
	}{
		{"show", request{method: http.MethodGet, path: "/images/" + imageID(1), caller: admin}, 5},
		{"image_get", command(admin, `{"command": "image_get", "kwargs": {"image_id": "%s", "force_show_deleted": false, "v1_mode": false}}`, imageID(1)), 10},
		{"detail", request{method: http.MethodGet, path: "/images/detail?limit=25", caller: tenant}, 30},
	}
	backend, err := dbbackend.Open(dbbackend.Config{URL: db.URL, Prepare: true})
	if err != nil {
		t.Fatal(err)
	}
	sites := []string{registrySite(db, "cache {\nttl 1h\n}")}
	for _, c := range cases {
		sites = append(sites, respondingWith(answerOf(t, backend, c.request)))
	}
	backend.Close()
	urls := integration.StartSites(t, options, sites...)
	for n, c := range cases {
		gateway, respond := allocations(t, urls[0], c.request), allocations(t, urls[n+1], c.request)
		t.Logf("%-10s %.1f allocations, respond %.1f", c.name, gateway, respond)
		if gateway-respond > c.limit+droppedByPools {
			t.Errorf("%s: %.1f allocations more than respond; at most %.0f are expected", c.name, gateway-respond, c.limit)
		}
	}
}

// allocations is the number of a request, the least of several readings: others of the
// process only add some.
func allocations(t testing.TB, url string, r request) float64 {
	t.Helper()
	const count = 500
	c, text := dial(t, 1, url)[0], r.wire(t, url)
	least := math.Inf(1)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range count {
			if err := c.exchange(text); err != nil {
				t.Fatal(fmt.Errorf("%s: %w", url, err))
			}
		}
		runtime.ReadMemStats(&after)
		least = min(least, float64(after.Mallocs-before.Mallocs)/count)
	}
	return least
}
