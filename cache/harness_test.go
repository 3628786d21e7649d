package cache_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(runner{m}) }

type runner struct{ *testing.M }

func (r runner) Run() int {
	defer servers.Stop()
	return r.M.Run()
}

// watched counts the reads of a Store and can delay them.
type watched struct {
	records.Store
	images, pages atomic.Int64

	mu    sync.Mutex
	gates *gates // nil: nothing is held up

	pageRead func() // called once, when a page was read; may be nil
}

// gates delay one reading of an image, before and after the database is
// asked.
type gates struct{ reached, pass chan struct{} }

func (w *watched) block() *gates {
	g := &gates{make(chan struct{}), make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gates = g
	return g
}

// next lets the reading go on until its next gate.
func (g *gates) next() { g.pass <- struct{}{} }

// arrive waits until the reading has come to a gate.
func (g *gates) arrive() { <-g.reached }

// beginToRead has somebody miss the image, who asks the database when finish is
// called, which returns the name that he got.
func (n *node) beginToRead() (finish func() string) {
	gates := n.store.block()
	seen := make(chan string, 1)
	go func() { seen <- n.name(imageID) }()
	gates.arrive()
	return func() string {
		gates.next()
		gates.arrive()
		gates.next()
		return <-seen
	}
}

func (w *watched) Image(ctx context.Context, id string) (*records.Image, error) {
	w.images.Add(1)
	w.mu.Lock()
	g := w.gates
	w.gates = nil
	w.mu.Unlock()
	if g == nil {
		return w.Store.Image(ctx, id)
	}
	g.reached <- struct{}{}
	<-g.pass
	image, err := w.Store.Image(ctx, id)
	g.reached <- struct{}{}
	<-g.pass
	return image, err
}

func (w *watched) Images(ctx context.Context, q *records.Query) ([]*records.Image, error) {
	w.pages.Add(1)
	images, err := w.Store.Images(ctx, q)
	w.mu.Lock()
	f := w.pageRead
	w.pageRead = nil
	w.mu.Unlock()
	if f != nil {
		f()
	}
	return images, err
}

// node is a gateway's cache with the store behind it.
type node struct {
	*cache.Cache
	t        *testing.T
	store    *watched
	counters *cache.Counters
}

type option func(*cache.Config)

func ttl(d time.Duration) option { return func(c *cache.Config) { c.TTL = d } }

func followed(c *cache.Config) { c.Followed = true }

func onRedis(t *testing.T, url string) option {
	return func(c *cache.Config) {
		u, err := redisdb.Parse(url)
		if err != nil {
			t.Fatal(err)
		}
		sealer, err := seal.New([]byte("0123456789abcdef"), "test")
		if err != nil {
			t.Fatal(err)
		}
		c.Shared = &shared.Config{Open: u.OpenWith, Sealer: sealer, Prefix: "test", TTL: c.TTL}
	}
}

func newNode(t *testing.T, db *servers.Database, options ...option) *node {
	t.Helper()
	backend, err := dbbackend.Open(dbbackend.Config{URL: db.URL, Prepare: true})
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, store: &watched{Store: backend}, counters: new(cache.Counters)}
	config := cache.Config{Store: n.store, Size: 8 << 20, TTL: time.Hour, Counters: n.counters}
	for _, o := range options {
		o(&config)
	}
	n.Cache = cache.New(config)
	n.Start()
	t.Cleanup(func() {
		n.Close()
		backend.Close()
	})
	if _, has := n.Shared(); has {
		n.await("connected to Redis", func() bool { s, _ := n.Shared(); return s.InUse })
	}
	return n
}

func (n *node) await(what string, good func() bool) {
	n.t.Helper()
	kit.Wait(n.t, what, good)
}

// name reads an image and returns its name, "none" for an unknown one.
func (n *node) name(id string) string {
	n.t.Helper()
	image, err := n.Image(context.Background(), id)
	if err != nil {
		if e, ok := err.(*records.Error); ok && e.Kind == records.ImageNotFound {
			return "none"
		}
		n.t.Fatal(err)
	}
	return image.Name.V
}

func (n *node) wants(id, want string) {
	n.t.Helper()
	if got := n.name(id); got != want {
		n.t.Errorf("image %s has the name %q, want %q", id, got, want)
	}
}

// write changes the name of an image through the cache.
func (n *node) write(id, name string) {
	n.t.Helper()
	err := n.InTx(context.Background(), func(tx records.Tx) error {
		_, err := tx.Update(context.Background(), records.Images,
			records.Values{{Column: "id", Value: id}}, records.Values{{Column: "name", Value: name}})
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

const imageID = "c0ffee00-0000-4000-8000-000000000001"

// exec changes the database behind all caches.
func exec(t *testing.T, db *servers.Database, statement string, args ...any) {
	t.Helper()
	if _, err := db.DB.Exec(fmt.Sprintf(statement, args...)); err != nil {
		t.Fatal(err)
	}
}

func insert(t *testing.T, db *servers.Database, id, name string) {
	t.Helper()
	exec(t, db, `INSERT INTO images (id, name, status, visibility, owner, created_at, min_disk, min_ram, protected, deleted, os_hidden)
		VALUES ('%s', '%s', 'active', 'shared', 'p', '2019-10-16 00:00:00', 0, 0, %[3]s, %[3]s, %[3]s)`,
		id, name, map[bool]string{true: "false", false: "0"}[db.Dialect == servers.PostgreSQL])
}

func rename(t *testing.T, db *servers.Database, id, name string) {
	t.Helper()
	exec(t, db, "UPDATE images SET name = '%s' WHERE id = '%s'", name, id)
}

// everyDatabase runs a test on each, with one image whose name is "old".
func everyDatabase(t *testing.T, test func(t *testing.T, db *servers.Database)) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			insert(t, db, imageID, "old")
			test(t, db)
		})
	}
}

// oneDatabase is for what does not depend on which.
func oneDatabase(t *testing.T) *servers.Database {
	t.Helper()
	db := servers.NewDatabase(t, servers.SQLite)
	insert(t, db, imageID, "old")
	return db
}
