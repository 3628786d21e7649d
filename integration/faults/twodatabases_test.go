package faults

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// A gateway serves two regions, and the database of one hangs. The clients of the
// other notice nothing, and the health report names the right one.
func TestOneOfTwoDatabasesHangsUnderLoad(t *testing.T) {
	for _, dialect := range on(servers.MySQL) {
		t.Run(string(dialect), func(t *testing.T) {
			db, server := servers.NewDatabase(t, dialect), servers.NewServer(t, dialect)
			hanging := server.NewDatabase(t)
			g := gateways.Start(t, "", site(db.URL, ""), site(hanging.URL, ""))
			l := scenario.Begin(t, db, g.URLs[:1])
			other := scenario.Begin(t, hanging, g.URLs[1:])
			fail := func() { server.Pause(t) }
			other.Break(func() { l.Break(fail) })
			time.Sleep(time.Second)
			if reachable := health(t, g); reachable[0] == reachable[1] {
				t.Errorf("one database hangs, the health report says of both: %v", reachable[0])
			}
			time.Sleep(lasts(deadline, 2*deadline))
			other.Repair(func() { l.Repair(func() { server.Continue(t) }) })
			other.Work(time.Second)
			l.End("the other database stopped", g.Peak(t), scenario.Bounds{Longest: mostInterference})
			other.End("one of two databases stopped", g.Peak(t), scenario.Bounds{Failures: scenario.Unavailable, Longest: deadline + slack})
		})
	}
}

// mostInterference is how long a request may take while something else fails, on a
// machine with other work.
const mostInterference = 3 * time.Second

// health is which databases the report says can be reached.
func health(t *testing.T, g *gateways.Gateway) (reachable []bool) {
	t.Helper()
	res, err := http.Get(string(g.Admin) + "/glance_registry/health")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var report struct{ Databases []struct{ Reachable bool } }
	if err := json.NewDecoder(res.Body).Decode(&report); err != nil || len(report.Databases) != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	return []bool{report.Databases[0].Reachable, report.Databases[1].Reachable}
}
