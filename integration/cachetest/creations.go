package cachetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// Creations is a client that creates images through a gateway.
type Creations struct {
	Gateway string // base URL

	acked  []string // ids
	failed int
}

// Run creates one image after the other until ctx ends.
func (c *Creations) Run(ctx context.Context) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	for n := 0; ctx.Err() == nil; n++ {
		id := fmt.Sprintf("c0ffee00-0000-4000-9000-%012d", n)
		body := fmt.Sprintf(`{"image": {"id": %q, "name": "created", "status": "queued", "disk_format": "raw", "container_format": "bare"}}`, id)
		if _, err := Send(ctx, client, http.MethodPost, c.Gateway+"/images", body); err == nil {
			c.acked = append(c.acked, id)
		} else if ctx.Err() == nil {
			c.failed++
		}
		kit.Pause(ctx, 20*time.Millisecond)
	}
}

// Check looks for what was acknowledged on servers, by name.
func (c *Creations) Check(t *testing.T, on map[string]*sql.DB) {
	t.Helper()
	t.Logf("%d images were created, %d not", len(c.acked), c.failed)
	if len(c.acked) == 0 {
		t.Error("no image was created")
	}
	for name, db := range on {
		rows, err := db.Query("SELECT id FROM images WHERE name = 'created'")
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
				t.Errorf("image %s was acknowledged, and is not on %s", id, name)
			}
		}
	}
}
