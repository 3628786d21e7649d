package faults

import (
	"net/http"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

const standbyImage = "c0ffee00-0000-4000-8000-000000000001"

// PostgreSQL waits in a commit for its synchronous standby. Asked to end that wait, it
// answers that the transaction is committed, though no standby has it. A write must not
// be acknowledged then.
func TestNoStandbyAcknowledges(t *testing.T) {
	server := servers.NewServer(t, servers.PostgreSQL)
	db := server.NewDatabase(t)
	g := gateways.Start(t, "", site(db.URL+"?options=-c%20synchronous_commit%3Don", "limits {\nrequest 2s\n}"))
	send := func(method, path, body string) *kit.Answer {
		a, err := kit.Request{Method: method, URL: g.URLs[0] + path, Header: kit.Trusted("owner", "admin"), Body: body}.Send(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	member := func(name string) int {
		return send(http.MethodPut, "/images/"+standbyImage+"/members/"+name, "").StatusCode
	}
	if a := send(http.MethodPost, "/images", `{"image": {"id": "`+standbyImage+`", "name": "x", "status": "queued"}}`); a.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", a.Status, a.Text)
	}
	db.Exec(t, "ALTER SYSTEM SET synchronous_standby_names = 'gone'", "SELECT pg_reload_conf()")
	status := http.StatusNoContent
	kit.Wait(t, "a write waits for the standby", func() bool {
		answered := make(chan int)
		go func() { answered <- member("meanwhile") }()
		waits := false
		for {
			select {
			case status = <-answered:
				return waits
			case <-time.After(50 * time.Millisecond):
				waits = waits || servers.Value[int](t, db, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") > 0
			}
		}
	})
	if status != http.StatusServiceUnavailable {
		t.Errorf("a write that no standby has got %d", status)
	}
	db.Exec(t, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
	kit.Wait(t, "writes succeed", func() bool { return member("after") == http.StatusNoContent })
}
