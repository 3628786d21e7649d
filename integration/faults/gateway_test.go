package faults

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// What happens to the gateway itself while clients are at work. What it has
// acknowledged stays, however it ends.
func TestGatewayEndsUnderLoad(t *testing.T) {
	ways := []struct {
		name string
		end  func(*testing.T, *gateways.Gateway)
	}{
		{"SIGTERM", func(t *testing.T, g *gateways.Gateway) {
			took, err := g.Terminate(t, mostRest)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("it ended after %v", took)
		}},
		{"kill -9", func(t *testing.T, g *gateways.Gateway) { g.Kill(t) }},
	}
	for _, dialect := range on(servers.MySQL) {
		for _, way := range ways {
			t.Run(string(dialect)+"/"+way.name, func(t *testing.T) {
				db := servers.NewDatabase(t, dialect)
				g := gateways.Start(t, "", site(db.URL, "cache"))
				l := scenario.Begin(t, db, g.URLs)
				for range lasts(3, 20) {
					l.Break(func() { way.end(t, g) })
					l.Repair(func() { g.Again(t) })
					l.Work(200 * time.Millisecond)
				}
				l.End("gateway "+way.name, g.Peak(t), scenario.Bounds{Failures: scenario.Gone, Longest: mostInterference, Peak: mostMemory})
			})
		}
	}
}

// mostRest is how long a gateway may take to end that has nothing long to do.
const mostRest = 5 * time.Second

// A gateway that is to end answers what it has begun, and waits for what hangs no
// longer than its grace period.
func TestGatewayEndsWithRequestsUnderWay(t *testing.T) {
	const grace = 4 * time.Second
	for _, dialect := range on(servers.PostgreSQL) {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			g := gateways.Start(t, fmt.Sprintf("grace_period %v", grace), site(db.URL, "limits {\nrequest 1m\n}"))
			const slowID, hangingID = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
			create(t, g.URLs[0], slowID)
			create(t, g.URLs[0], hangingID)
			slow, hanging := locked(t, db, slowID), locked(t, db, hangingID)
			defer hanging()
			answers := map[string]chan string{slowID: make(chan string, 1), hangingID: make(chan string, 1)}
			for id, answer := range answers {
				go func() { answer <- request(http.MethodPut, g.URLs[0]+"/images/"+id, `{"image": {"name": "after"}}`) }()
			}
			kit.Wait(t, "waiting, all updates", func() bool { return servers.Value[int](t, db, waiting[dialect]) == len(answers) })
			time.AfterFunc(time.Second, slow)
			took, err := g.Terminate(t, grace+mostRest)
			if err != nil {
				t.Fatal(err)
			}
			s, h := <-answers[slowID], <-answers[hangingID]
			t.Logf("it ended after %v; the slow request got %s, the one that hangs %s", took, s, h)
			if !strings.HasPrefix(s, "200") {
				t.Errorf("a request that had begun got %s", s)
			}
			if took < grace/2 {
				t.Errorf("it did not wait for what was under way")
			}
		})
	}
}

// locked keeps a row from everybody until free is called.
func locked(t *testing.T, db *servers.Database, id string) (free func()) {
	t.Helper()
	tx, err := db.DB.BeginTx(context.Background(), nil)
	if err == nil {
		_, err = tx.Exec("UPDATE images SET min_disk = 1 WHERE id = '" + id + "'")
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback() }
}

func create(t *testing.T, url, id string) {
	t.Helper()
	if a := request(http.MethodPost, url+"/images", fmt.Sprintf(`{"image": {"id": %q, "name": "before", "status": "active"}}`, id)); !strings.HasPrefix(a, "200") {
		t.Fatal(a)
	}
}

// request is the status and body of an answer, or the error.
func request(method, url, body string) string {
	a, err := kit.Request{Method: method, URL: url, Header: kit.Trusted("owner", "admin"), Body: body}.Send(context.Background())
	if a == nil {
		return err.Error()
	}
	return fmt.Sprintf("%s %.200s %v", a.Status, a.Text, err)
}

// The configuration is loaded a hundred times, and nothing of the old ones is
// left. What a client may notice is a connection that the kernel had put into the
// queue of a listener that is closed (docs/operations.md, Reloads).
func TestReloadsUnderLoad(t *testing.T) {
	for _, dialect := range on(servers.PostgreSQL) {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			g := gateways.Start(t, "", site(db.URL, "cache"))
			l := scenario.Begin(t, db, g.URLs, scenario.OneRequestAConnection())
			reload := func(times int) (goroutines int, memory int64) {
				l.Break(func() {
					for range times {
						if err := g.Reload(); err != nil {
							t.Fatal(err)
						}
					}
				})
				l.Repair(func() {})
				l.Work(time.Second)
				return g.Goroutines(t), g.Memory(t)
			}
			goroutines, memory := reload(10)
			goroutinesAfter, memoryAfter := reload(lasts(30, 100))
			t.Logf("goroutines %d, then %d; memory %d MiB, then %d", goroutines, goroutinesAfter, memory>>20, memoryAfter>>20)
			l.End("reloads", g.Peak(t), scenario.Bounds{
				Failures: []string{"broken"}, Longest: mostInterference, Peak: mostMemory,
			})
			if goroutinesAfter > goroutines+20 || memoryAfter > memory+64<<20 {
				t.Errorf("reloads leave something behind")
			}
		})
	}
}
