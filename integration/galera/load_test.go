package galera

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
)

const (
	// images is how many images are written to, and readers how many clients each
	// gateway has.
	images  = 8
	readers = 3

	// Nobody goes as fast as he can: the nodes have to share two cores.
	writePause = 4 * time.Millisecond
	readPause  = 2 * time.Millisecond
)

// load is writers on nodes of a cluster, and readers of gateways. An image's name
// is the number of the last write to it.
type load struct {
	t        *testing.T
	writers  []*sql.DB // each has images of its own
	gateways []string  // base URLs

	written [images]cachetest.History
	stale   []cachetest.Sample // by gateway
	failed  atomic.Int64       // requests
	lastErr atomic.Value
}

func imageID(n int) string { return fmt.Sprintf("c0ffee00-0000-4000-8000-%012d", n) }

// run lets everybody work while something happens.
func (l *load) run(meanwhile func()) {
	l.t.Helper()
	l.stale = make([]cachetest.Sample, len(l.gateways))
	for n := range images {
		body := fmt.Sprintf(`{"image": {"id": %q, "name": "0", "status": "active", "is_public": true, "disk_format": "raw", "container_format": "bare"}}`, imageID(n))
		if _, err := cachetest.Send(l.t.Context(), http.DefaultClient, http.MethodPost, l.gateways[0]+"/images", body); err != nil {
			l.t.Fatal(err)
		}
		l.written[n].Ack(0)
	}
	ctx, stop := context.WithCancel(l.t.Context())
	var everybody sync.WaitGroup
	defer everybody.Wait()
	defer stop()
	for n, db := range l.writers {
		everybody.Go(func() { l.write(ctx, db, n) })
	}
	for g := range l.gateways {
		for n := range readers {
			everybody.Go(func() { l.read(ctx, g, n) })
		}
	}
	meanwhile()
	stop()
	everybody.Wait()
	for g := range l.gateways {
		l.t.Logf("gateway %d: %v", g, &l.stale[g])
	}
	if n := l.failed.Load(); n > 0 {
		l.t.Logf("%d requests failed, the last one: %v", n, l.lastErr.Load())
	}
}

// write writes to the images of one writer. What was not acknowledged is written
// again: the same value does no harm.
func (l *load) write(ctx context.Context, db *sql.DB, first int) {
	var values [images]int
	for n := first; ctx.Err() == nil; n = (n + len(l.writers)) % images {
		values[n]++
		for ctx.Err() == nil {
			limited, cancel := context.WithTimeout(ctx, 20*time.Second)
			_, err := db.ExecContext(limited, "UPDATE images SET name = ? WHERE id = ?", strconv.Itoa(values[n]), imageID(n))
			cancel()
			if err == nil {
				l.written[n].Ack(values[n])
				break
			}
			wait(ctx, 20*time.Millisecond)
		}
		wait(ctx, writePause)
	}
}

// read looks at one image after the other, and now and then at a list of all.
func (l *load) read(ctx context.Context, gateway, first int) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	for round := first; ctx.Err() == nil; round++ {
		began := time.Now()
		var err error
		var seen []image
		if round%(2*images) == 0 {
			var list struct{ Images []image }
			err = get(ctx, client, l.gateways[gateway]+"/images/detail?limit=100", &list)
			seen = list.Images
		} else {
			var show struct{ Image image }
			err = get(ctx, client, l.gateways[gateway]+"/images/"+imageID(round%images), &show)
			seen = []image{show.Image}
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			l.failed.Add(1)
			l.lastErr.Store(err.Error())
			wait(ctx, 20*time.Millisecond)
		default:
			l.judge(gateway, seen, began)
		}
		wait(ctx, readPause)
	}
}

func (l *load) judge(gateway int, seen []image, began time.Time) {
	for _, i := range seen {
		value, err := strconv.Atoi(i.Name)
		for n := range images {
			switch {
			case i.ID != imageID(n):
			case err != nil:
				l.t.Errorf("image %s has the name %q", i.ID, i.Name)
			default:
				l.stale[gateway].Add(l.written[n].Staleness(value, began))
			}
		}
	}
}

// image is what the load looks at.
type image struct{ ID, Name string }

func wait(ctx context.Context, pause time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}
