// Package semisync tests how the gateway does on a MySQL or MariaDB server that
// waits for its replica: how old answers can be, and whether a write can be lost,
// while the replica stands still, takes over, or replaces a source that died.
package semisync

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// bound is how old an answer may be, by docs/cache.md.
const bound = 2 * time.Second

func TestMain(m *testing.M) {
	// The tests' own connections break, too, and are repaired.
	if err := mysql.SetLogger(&mysql.NopLogger{}); err != nil {
		panic(err)
	}
	servers.Main(m)
}

// scenarios happen one after the other, to the same servers.
var scenarios = []struct {
	name    string
	happens func(t *testing.T, p *pair)
}{
	// Transactions are in the binlog, but not visible yet.
	{"the replica stands still", func(t *testing.T, p *pair) {
		p.Replica.Pause(t)
		time.Sleep(3 * time.Second)
		if n := p.Unconfirmed(t); n != "0" {
			t.Errorf("%s transactions were acknowledged without the replica: this test shows nothing", n)
		}
		p.Replica.Continue(t)
	}},
	{"the replica takes over", func(t *testing.T, p *pair) {
		p.Switch(t)
		p.moves(t)
		// Connections of before lead to it.
		p.Follow(t)
	}},
	{"the source dies", func(t *testing.T, p *pair) {
		if n := p.Unconfirmed(t); n != "0" {
			t.Errorf("%s transactions were acknowledged without the replica: this test shows nothing", n)
		}
		p.Source.Crash(t)
		p.FailOver(t)
		p.moves(t)
	}},
}

// pair is the servers as clients reach them, whose account has no further rights.
type pair struct {
	*servers.Replicated
	primary *cachetest.Primary
	address *netproxy.Proxy
	url     string // that follows the source
}

// Whatever happens, no answer of the gateway is older than promised, and what it
// acknowledged is there.
func TestSemiSync(t *testing.T) {
	p := newPair(t)
	urls, admin := integration.StartEachCached(t, integration.Cached{Database: p.url, Settings: "changes"})
	l := &cachetest.Load{T: t, Gateways: urls, Writers: []cachetest.Writer{p.primary, p.primary}}
	w := &cachetest.Creations{Gateway: urls[0]}
	var said cachetest.States
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	defer others.Wait()
	defer stop()
	others.Go(func() { said.Observe(ctx, admin) })
	others.Go(func() { w.Run(ctx) })
	l.Run(func() {
		for _, s := range scenarios {
			t.Run(s.name, func(t *testing.T) {
				time.Sleep(time.Second)
				s.happens(t, p)
				if err := admin.Await("ready again", cachetest.Ready(1)); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Second)
				t.Logf("so far: %v", &l.Stale[0])
			})
		}
	})
	stop()
	others.Wait()
	t.Logf("the cache was%v", &said)
	if worst := l.Stale[0].Max(); worst > bound {
		t.Errorf("an answer was stale by %v; promised are %v", worst, bound)
	}
	w.Check(t, map[string]*sql.DB{"the source": p.Source.Database.DB})
}

func newPair(t *testing.T) *pair {
	t.Helper()
	r := servers.StartReplicated(t)
	for _, statement := range []string{
		"CREATE USER client@'%' IDENTIFIED BY 'secret'",
		"GRANT SELECT, INSERT, UPDATE, DELETE, LOCK TABLES ON glance.* TO client@'%'",
		"GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO client@'%'",
	} {
		r.Source.Exec(t, statement)
	}
	p := &pair{Replicated: r}
	p.primary = cachetest.NewPrimary(p.open(t))
	p.address, p.url = netproxy.New(t, client(r.Source))
	return p
}

// client is the URL of a server for the account of clients.
func client(s *servers.ReplicatedServer) string {
	return strings.Replace(s.Database.URL, "glance:", "client:", 1)
}

// open connects to the source.
func (p *pair) open(t *testing.T) *sql.DB {
	t.Helper()
	address, _ := strings.CutPrefix(client(p.Source), "mysql+pymysql://client:secret@")
	address, _, _ = strings.Cut(address, "/")
	db, err := sql.Open("mysql", "client:secret@tcp("+address+")/glance?interpolateParams=true")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// moves has clients write to the new source.
func (p *pair) moves(t *testing.T) {
	t.Helper()
	p.primary.Move(p.open(t))
	p.address.Redirect(t, client(p.Source))
}
