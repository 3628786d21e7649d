package feed_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestResume breaks connections to a server that is there all the time: the feed
// resumes where it was, reports what happened meanwhile, and was never down.
func TestResume(t *testing.T) {
	t.Parallel()
	server := servers.NewServer(t, servers.MySQL)
	db := server.NewDatabase(t)
	proxy, url := netproxy.New(t, db.URL)
	awaitUptime(t, db)
	r, _ := follow(t, feed.Config{URL: url})
	r.awaitUp()
	var ids []string
	for i := range 60 {
		ids = append(ids, fmt.Sprint("image ", i))
		exec(t, db, insertImage(ids[i]))
		if i%10 == 9 {
			proxy.Break()
			exec(t, db, insertImage(fmt.Sprint("meanwhile ", i)))
			ids = append(ids, fmt.Sprint("meanwhile ", i))
			r.awaitIDs(ids[len(ids)-1:]...)
			ids = ids[:len(ids)-1]
		}
	}
	r.awaitIDs(ids...)
	r.mu.Lock()
	if len(r.downs) > 0 || r.all > 0 {
		t.Errorf("downs %v, all %d", r.downs, r.all)
	}
	r.mu.Unlock()

	// A server that was restarted may have lost what it sent.
	r.breaks(t, func() {
		server.Kill(t)
		server.Start(t)
	})
	r.worksAgain(t, db, "restarted")
}

func awaitUptime(t *testing.T, db *servers.Database) {
	t.Helper()
	old := func() bool {
		var name string
		var uptime int
		if err := db.DB.QueryRow("SHOW GLOBAL STATUS LIKE 'Uptime'").Scan(&name, &uptime); err != nil {
			t.Fatal(err)
		}
		return uptime > 3
	}
	if !kit.PollEvery(100*time.Millisecond, limit, old) {
		t.Fatal("the server does not get older")
	}
}
