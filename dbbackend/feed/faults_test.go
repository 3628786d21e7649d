package feed_test

import (
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// noticeLimit is how soon a feed has to know that it is broken, with what a
// loaded machine may add.
const noticeLimit = 2*time.Second + 1500*time.Millisecond

// breaks makes the feed break, and sees that it says so in time.
func (r *recorder) breaks(t testing.TB, f func()) {
	t.Helper()
	r.awaitUp()
	r.mu.Lock()
	before := len(r.downs)
	r.mu.Unlock()
	f()
	start := time.Now()
	r.within(noticeLimit, "down", func() bool { return len(r.downs) > before })
	r.mu.Lock()
	defer r.mu.Unlock()
	t.Logf("down after %s: %v", time.Since(start).Round(time.Millisecond), r.downs[len(r.downs)-1])
}

// worksAgain sees the feed come back and hear.
func (r *recorder) worksAgain(t testing.TB, db *servers.Database, id string) {
	t.Helper()
	r.awaitUp()
	for db.DB.PingContext(t.Context()) != nil { // connections of before
	}
	exec(t, db, insertImage(id))
	r.awaitIDs(id)
}

func TestServerFails(t *testing.T) {
	for _, dialect := range dialects {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			server := servers.NewServer(t, dialect)
			db := server.NewDatabase(t)
			install(t, db)
			r, _ := follow(t, feed.Config{URL: db.URL})
			r.worksAgain(t, db, "first")
			r.breaks(t, func() { server.Pause(t) })
			server.Continue(t)
			r.worksAgain(t, db, "continued")
			r.breaks(t, func() { server.Kill(t) })
			r.awaitReason("refused") // it tries again
			server.Start(t)
			r.worksAgain(t, db, "restarted")
			r.breaks(t, func() { server.Stop(t) })
			server.Start(t)
			r.worksAgain(t, db, "started")
			// It ends while it waits for a server that does not answer.
			hung, stop := follow(t, feed.Config{URL: db.URL})
			hung.awaitUp()
			server.Pause(t)
			stop()
			server.Continue(t)
		})
	}
}

func TestNetworkFails(t *testing.T) {
	onEach(t, func(t *testing.T, db *servers.Database) {
		t.Parallel()
		proxy, url := netproxy.New(t, db.URL)
		r, _ := follow(t, feed.Config{URL: url})
		r.worksAgain(t, db, "first")
		if db.Dialect == servers.PostgreSQL { // MySQL has a test of its own: TestResume
			r.breaks(t, proxy.Break)
			r.worksAgain(t, db, "cut")
		}
		for name, hold := range map[string]func(){
			"nothing arrives": proxy.HoldRequests,
			"no answers":      proxy.Hold,
			"black hole":      func() { proxy.HoldRequests(); proxy.Hold() },
		} {
			r.breaks(t, hold)
			exec(t, db, insertImage("during "+name))
			proxy.Release()
			r.worksAgain(t, db, name)
		}
	})
}
