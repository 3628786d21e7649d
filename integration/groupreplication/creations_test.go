package groupreplication

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
)

// creations is a client that creates images through a gateway.
type creations struct {
	gateway string
	acked   []string // ids
	failed  int
}

// run creates one image after the other until ctx ends.
func (c *creations) run(ctx context.Context) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	for n := 0; ctx.Err() == nil; n++ {
		id := fmt.Sprintf("c0ffee00-0000-4000-9000-%012d", n)
		body := fmt.Sprintf(`{"image": {"id": %q, "name": "created", "status": "queued", "disk_format": "raw", "container_format": "bare"}}`, id)
		if _, err := cachetest.Send(ctx, client, http.MethodPost, c.gateway+"/images", body); err == nil {
			c.acked = append(c.acked, id)
		} else if ctx.Err() == nil {
			c.failed++
		}
		pause(ctx, 20*time.Millisecond)
	}
}

// check looks for what was acknowledged on each member.
func (c *creations) check(t *testing.T, p *primary) {
	t.Helper()
	t.Logf("%d images were created, %d not", len(c.acked), c.failed)
	if len(c.acked) == 0 {
		t.Error("no image was created")
	}
	for _, m := range p.group.Members {
		m.AwaitAll(t)
		rows, err := m.Database.DB.Query("SELECT id FROM images WHERE name = 'created'")
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			found[id] = true
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for _, id := range c.acked {
			if !found[id] {
				t.Errorf("image %s was acknowledged, and is not on %s", id, m.Name)
			}
		}
	}
}
