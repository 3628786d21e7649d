package feed_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestGalera(t *testing.T) {
	t.Parallel()
	nodes := servers.NewGalera(t)
	// The second node does not log what the first one sends it.
	if err := feed.Check(t.Context(), nodes[1].URL); err == nil || !strings.Contains(err.Error(), "log_slave_updates=ON") {
		t.Errorf("%v", err)
	}
	// It is read from the second node, and counts as the same server.
	backend := registrytest.Open(t, nodes[1], causal)
	r, _ := follow(t, feed.Config{URL: nodes[0].URL, Servers: backend.Servers()})
	r.awaitUp()
	if err := backend.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		id := fmt.Sprint("image ", i)
		exec(t, nodes[i%2], insertImage(id))
		r.awaitIDs(id)
		// A reported change is visible on every node.
		image, err := backend.Image(t.Context(), id)
		if err != nil || image == nil {
			t.Fatalf("%s: %v, %v", id, image, err)
		}
	}
	// A node that is behind does not answer before it has caught up.
	behind, err := nodes[1].DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer behind.Close()
	if _, err := behind.ExecContext(t.Context(), "FLUSH TABLES WITH READ LOCK"); err != nil {
		t.Fatal(err)
	}
	exec(t, nodes[0], insertImage("late"))
	r.awaitIDs("late")
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if image, err := backend.Image(short, "late"); short.Err() == nil {
		t.Errorf("a node that is behind answers %v, %v", image, err)
	}
	if _, err := behind.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
	if image, err := backend.Image(t.Context(), "late"); err != nil || image == nil {
		t.Errorf("%v, %v", image, err)
	}
	if _, all := r.reported(); all > 0 || len(r.downs) > 0 {
		t.Errorf("all %d, downs %v", all, r.downs)
	}
}

// TestGaleraNodeThatLags is down while the feed's own node is behind, or has left
// the cluster, which only a causal read of the node shows.
func TestGaleraNodeThatLags(t *testing.T) {
	t.Parallel()
	nodes := servers.NewGalera(t)
	r, _ := follow(t, feed.Config{URL: nodes[0].URL})
	r.worksAgain(t, nodes[1], "first")
	locking, err := nodes[0].DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer locking.Close()
	statement := func(statement string) {
		t.Helper()
		if _, err := locking.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		r.breaks(t, func() {
			statement("FLUSH TABLES WITH READ LOCK")
			exec(t, nodes[1], insertImage(fmt.Sprint("meanwhile ", i)))
		})
		r.awaitDown("the node lags behind the cluster")
		r.stays(t, 3*time.Second, "down", func() bool { return !r.up })
		// The node keeps a thread for each read that was given up.
		var waiting int
		err := locking.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT COUNT(*) FROM images%'").Scan(&waiting)
		if err != nil || waiting != 1 {
			t.Errorf("%d reads wait, %v", waiting, err)
		}
		statement("UNLOCK TABLES")
		r.worksAgain(t, nodes[1], fmt.Sprint("again ", i))
	}
	// A little is no reason.
	var downs int
	for held := time.Hour; held > 2*lagThatIsAllowed; { // a slow machine may make it more
		r.awaitUp()
		r.mu.Lock()
		downs = len(r.downs)
		r.mu.Unlock()
		began := time.Now()
		statement("FLUSH TABLES WITH READ LOCK")
		exec(t, nodes[1], insertImage(began.Format("soon 05.000000")))
		time.Sleep(lagThatIsAllowed)
		statement("UNLOCK TABLES")
		held = time.Since(began)
	}
	r.stays(t, 2*time.Second, "up", func() bool { return len(r.downs) == downs })

	r.breaks(t, func() { statement("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'") })
	r.awaitReason("the node has left the primary component") // until it notices, it lags
	statement("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'")
	statement("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=1'")
	r.awaitUp()
}

const lagThatIsAllowed = 300 * time.Millisecond

// stays fails the test if a state does not last.
func (r *recorder) stays(t testing.TB, how time.Duration, what string, state func() bool) {
	t.Helper()
	ended := kit.PollEvery(50*time.Millisecond, how, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return !state()
	})
	if ended {
		t.Fatalf("it does not stay %s: downs %v", what, r.downs)
	}
}
