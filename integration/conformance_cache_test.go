package integration

import (
	"testing"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestConformanceCached replays all recorded requests against gateways that keep
// answers for an hour, so that whatever a change does not drop is seen: one that
// has a cache of its own, one with Redis, and two that share a Redis and take
// turns. The first two are played on one database in a run; FULL=1 in the
// environment plays them on all.
func TestConformanceCached(t *testing.T) {
	cases, known := recordings(t)
	first, whole := sampling(t)
	for turn, mode := range []struct {
		name  string
		nodes int
		redis bool
	}{{"local", 1, false}, {"redis", 1, true}, {"nodes", 2, true}} {
		t.Run(mode.name, func(t *testing.T) {
			for n, dialect := range servers.Dialects {
				if mode.nodes == 1 && !whole && n != (first+turn)%len(servers.Dialects) {
					continue
				}
				t.Run(string(dialect), func(t *testing.T) {
					db := servers.NewDatabase(t, dialect)
					redis := ""
					if mode.redis {
						redis = "redis " + servers.NewRedis(t)
					}
					urls, admin := StartCached(t, db, mode.nodes, "ttl 1h\n"+redis)
					conformance.Run(t, conformance.Target{BaseURLs: urls, DB: db}, cases, conformance.Options{
						Known:   known,
						Loaded:  func() error { return purged(admin) },
						Written: func() error { return admin.Await("settled", cachetest.Settled) },
					})
				})
			}
		})
	}
}

// purged empties all caches and waits until they are in use again.
func purged(admin cachetest.Admin) error {
	if err := admin.Purge(); err != nil {
		return err
	}
	return admin.Await("settled", cachetest.Settled)
}
