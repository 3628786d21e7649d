package cachetest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

const (
	// images is how many images are written to, and readers how many clients each
	// gateway has.
	images  = 8
	readers = 3

	// Clients pause between requests, because the nodes share two cores.
	writePause = 4 * time.Millisecond
	readPause  = 2 * time.Millisecond
)

// Load is writers on nodes of a cluster, and readers of gateways. An image's name
// is the number of the last write to it.
type Load struct {
	T        *testing.T
	Writers  []Writer // each has images of its own
	Gateways []string // base URLs

	Stale  []Sample     // by gateway
	Failed atomic.Int64 // requests

	written [images]History
	lastErr atomic.Value
}

// Writer is where rows are written: a *sql.DB, or what finds the right one.
type Writer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func imageID(n int) string { return fmt.Sprintf("c0ffee00-0000-4000-8000-%012d", n) }

// Run lets everybody work while something happens.
func (l *Load) Run(meanwhile func()) {
	l.T.Helper()
	l.Stale = make([]Sample, len(l.Gateways))
	for n := range images {
		body := fmt.Sprintf(`{"image": {"id": %q, "name": "0", "status": "active", "is_public": true, "disk_format": "raw", "container_format": "bare"}}`, imageID(n))
		if _, err := Send(l.T.Context(), http.DefaultClient, http.MethodPost, l.Gateways[0]+"/images", body); err != nil {
			l.T.Fatal(err)
		}
		l.written[n].Ack(0)
	}
	ctx, stop := context.WithCancel(l.T.Context())
	var everybody sync.WaitGroup
	defer everybody.Wait()
	defer stop()
	for n, db := range l.Writers {
		everybody.Go(func() { l.write(ctx, db, n) })
	}
	for g := range l.Gateways {
		for n := range readers {
			everybody.Go(func() { l.read(ctx, g, n) })
		}
	}
	meanwhile()
	stop()
	everybody.Wait()
	for g := range l.Gateways {
		l.T.Logf("gateway %d: %v", g, &l.Stale[g])
	}
	if n := l.Failed.Load(); n > 0 {
		l.T.Logf("%d requests failed, the last one: %v", n, l.lastErr.Load())
	}
}

// write writes to the images of one writer. What was not acknowledged is written
// again: the same value does no harm.
func (l *Load) write(ctx context.Context, db Writer, first int) {
	var values [images]int
	for n := first; ctx.Err() == nil; n = (n + len(l.Writers)) % images {
		values[n]++
		for ctx.Err() == nil {
			limited, cancel := context.WithTimeout(ctx, 20*time.Second)
			_, err := db.ExecContext(limited, "UPDATE images SET name = ? WHERE id = ?", strconv.Itoa(values[n]), imageID(n))
			cancel()
			if err == nil {
				l.written[n].Ack(values[n])
				break
			}
			kit.Pause(ctx, 20*time.Millisecond)
		}
		kit.Pause(ctx, writePause)
	}
}

// read looks at one image after the other, and now and then at a list of all.
func (l *Load) read(ctx context.Context, gateway, first int) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	for round := first; ctx.Err() == nil; round++ {
		began := time.Now()
		var err error
		var seen []image
		if round%(2*images) == 0 {
			var list struct{ Images []image }
			err = Get(ctx, client, l.Gateways[gateway]+"/images/detail?limit=100", &list)
			seen = list.Images
		} else {
			var show struct{ Image image }
			err = Get(ctx, client, l.Gateways[gateway]+"/images/"+imageID(round%images), &show)
			seen = []image{show.Image}
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			l.Failed.Add(1)
			l.lastErr.Store(err.Error())
			kit.Pause(ctx, 20*time.Millisecond)
		default:
			l.judge(gateway, seen, began)
		}
		kit.Pause(ctx, readPause)
	}
}

func (l *Load) judge(gateway int, seen []image, began time.Time) {
	for _, i := range seen {
		value, err := strconv.Atoi(i.Name)
		for n := range images {
			switch {
			case i.ID != imageID(n):
			case err != nil:
				l.T.Errorf("image %s has the name %q", i.ID, i.Name)
			default:
				l.Stale[gateway].Add(l.written[n].Staleness(value, began))
			}
		}
	}
}

// image is what the load looks at.
type image struct{ ID, Name string }

// Get decodes the answer to a request of an administrator.
func Get(ctx context.Context, client *http.Client, url string, into any) error {
	body, err := Send(ctx, client, http.MethodGet, url, "")
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}
