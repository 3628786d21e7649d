package storage

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// Reads wait for the database as rarely as they can: once for a record with all
// its children, once for the rows of a page, and once more for the children of
// all its images.
func TestRoundTripsOfReads(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		for name, prepare := range map[string]bool{"prepared": true, "not prepared": false} {
			t.Run(name, func(t *testing.T) {
				testRoundTrips(t, db, prepare)
			})
		}
	})
}

func testRoundTrips(t *testing.T, db *servers.Database, prepare bool) {
	var statements atomic.Int64
	trips := statements.Load // SQLite has no wire
	gatewayURL := db.URL
	if db.Dialect != servers.SQLite {
		var proxy *netproxy.Proxy
		proxy, gatewayURL = netproxy.New(t, db.URL)
		trips = proxy.RoundTrips
	}
	node := registrytest.New(t, db, func(c *dbbackend.Config) {
		c.URL, c.Prepare, c.SchemaPoll = gatewayURL, prepare, -1
		c.Observer = func(string, time.Duration, error) { statements.Add(1) }
	})
	var id string
	for range 3 {
		id = node.CreateImage(registrytest.Object{
			"properties": registrytest.Object{"a": "1", "b": "2"}, "location": "file:///x", "is_public": true,
		})
		node.RespondTo("PUT /images/" + id + "/members/t1").Expect(204)
	}
	first := node.RespondTo("GET /images?limit=1").ExpectImages()[0].ID
	for _, c := range []struct {
		request string
		want    int64
	}{
		{"GET /images/" + id, 1},
		{"GET /images/" + id + "/members", 1},
		{"GET /shared-images/t1", 1},
		{"GET /images", 1},
		{"GET /images/detail", 2},
		{"GET /images/detail?property-a=1&is_public=none&sort_key=name", 2},
		// The marker has to be readable by the caller, so it is read.
		{"GET /images?marker=" + first, 2},
		{"GET /images/detail?marker=" + first, 3},
		{"GET /images/detail?limit=0", 0},
	} {
		node.RespondTo(c.request).Expect(200) // prepares the statements
		spoken, made := least(func() (int64, int64) {
			startTrips, startStatements := trips(), statements.Load()
			node.RespondTo(c.request).Expect(200)
			return trips() - startTrips, statements.Load() - startStatements
		})
		if spoken != c.want || made != c.want {
			t.Errorf("%s: %d round trips and %d statements, want %d", c.request, spoken, made, c.want)
		}
	}
}

// least measures a few times: a pool may look whether a connection that was idle
// for a second is still there.
func least(measure func() (int64, int64)) (trips, statements int64) {
	trips, statements = measure()
	for range 2 {
		t, s := measure()
		trips, statements = min(trips, t), min(statements, s)
	}
	return trips, statements
}
