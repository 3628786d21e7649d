package galera

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/servers"
)

// Who writes through a gateway sees the write, though every connection leads to
// another node and the nodes have a lot to do.
func testReadBack(t *testing.T, c *servers.Galera) {
	numbers(t, c, 20_000)
	database := behindHAProxy(t, c, mysqlCheck)
	for _, cache := range []string{"", "cache"} {
		t.Run("cache="+cache, func(t *testing.T) {
			gateway := integration.StartGateway(t, fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\n%s\n}", database, cache))
			const writers, writes = 16, 20
			var old atomic.Int64
			var everybody sync.WaitGroup
			for w := range writers {
				everybody.Go(func() {
					id := fmt.Sprintf("c0ffee00-%04d-4000-8000-%012d", len(cache), w)
					for n := range writes {
						if wrote, read := readBack(t, gateway, id, n); wrote != read {
							old.Add(1)
						}
					}
				})
			}
			ctx, stop := context.WithCancel(t.Context())
			var busy sync.WaitGroup
			busy.Go(func() {
				for ctx.Err() == nil { // one node has written this when the others begin to
					_, _ = c.Nodes[0].Database.DB.ExecContext(ctx, "UPDATE other.numbers SET n = n + 1")
				}
			})
			everybody.Wait()
			stop()
			busy.Wait()
			if n := old.Load(); n > 0 {
				t.Errorf("%d of %d reads were old", n, writers*writes)
			}
		})
	}
}

// readBack writes the name of an image, which the first write creates, and reads
// it.
func readBack(t *testing.T, gateway, id string, n int) (wrote, read string) {
	wrote = fmt.Sprint(n)
	method, url := http.MethodPut, gateway+"/images/"+id
	body := fmt.Sprintf(`{"image": {"name": %q, "properties": {"p": %q}}}`, wrote, wrote)
	if n == 0 {
		method, url = http.MethodPost, gateway+"/images"
		body = fmt.Sprintf(`{"image": {"id": %q, "name": %q, "status": "queued", "disk_format": "raw", "container_format": "bare"}}`, id, wrote)
	}
	if _, err := cachetest.Send(t.Context(), http.DefaultClient, method, url, body); err != nil {
		t.Error(err)
		return wrote, wrote
	}
	var show struct {
		Image struct{ Name string }
	}
	if err := cachetest.Get(t.Context(), http.DefaultClient, gateway+"/images/"+id, &show); err != nil {
		t.Error(err)
		return wrote, wrote
	}
	return wrote, show.Image.Name
}
