package feed_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
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
		// Whoever was told reads what he was told of, on every node.
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
	if _, all := r.told(); all > 0 || len(r.downs) > 0 {
		t.Errorf("all %d, downs %v", all, r.downs)
	}
}
