package keystone

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/netproxy"
)

const unavailable = "The Keystone service is temporarily unavailable."

// While Keystone is down, who is known stays known and others get a 503.
func TestKeystoneIsDown(t *testing.T) {
	cloud := keystonetest.New(t)
	proxy, through := netproxy.New(t, cloud.URL)
	g := start(t, cloud, through, "http_request_max_retries 0")
	known, unknown := cloud.User(t, "member").Token(t), cloud.User(t, "member").Token(t)
	g.get(known).expect(t, "before", 200)
	proxy.Down()
	g.get(known).expect(t, "known", 200)
	a := g.get(unknown, "Accept: text/plain").expect(t, "unknown", 503)
	if !a.contains(unavailable) || a.Header.Get("Content-Type") != "text/plain; charset=UTF-8" {
		t.Errorf("got %v %s", a.Header, a.text)
	}
	g.get(known, "X-Service-Token: "+unknown).expect(t, "an unknown service", 503)
	g.send("GET", "/images", "").expect(t, "no token", 401)
	g.send("GET", "/healthcheck", "").expect(t, "the health check", 200)
	proxy.Up(t)
	g.get(unknown).expect(t, "after", 200)
}

// Connections that were closed in the meantime are replaced.
func TestConnectionsAreReset(t *testing.T) {
	cloud := keystonetest.New(t)
	proxy, through := netproxy.New(t, cloud.URL)
	g := start(t, cloud, through, "")
	user := cloud.User(t, "member")
	for n := range 5 {
		g.get(user.Token(t)).expect(t, fmt.Sprint("attempt ", n), 200)
		proxy.Break()
	}
}

// A Keystone that hangs is given up in time, and asked again later.
func TestKeystoneIsSlow(t *testing.T) {
	cloud := keystonetest.New(t)
	proxy, through := netproxy.New(t, cloud.URL)
	g := start(t, cloud, through, "http_connect_timeout 1")
	token := cloud.User(t, "member").Token(t)
	proxy.Hold()
	g.get(token).expect(t, "slow", 503)
	proxy.Release()
	g.get(token).expect(t, "after", 200)
}

// With delay_auth_decision an outage makes everyone anonymous.
func TestKeystoneIsDownAndTheDecisionDelayed(t *testing.T) {
	cloud := keystonetest.New(t)
	proxy, through := netproxy.New(t, cloud.URL)
	g := start(t, cloud, through, "http_request_max_retries 0\ndelay_auth_decision\n\nallow_anonymous")
	token := cloud.User(t, "member").Token(t)
	proxy.Down()
	g.get(token).expect(t, "read", 200)
	g.send("POST", "/images", `{"image": {"status": "queued"}}`, "X-Auth-Token: "+token).expect(t, "write", 403)
}

// The token of the service user is replaced when Keystone does not take it.
func TestTokenOfTheServiceUserIsRevoked(t *testing.T) {
	cloud := keystonetest.New(t)
	front := newFront(t, cloud)
	g := start(t, cloud, front.url, "")
	user := cloud.User(t, "member")
	g.get(user.Token(t)).expect(t, "before", 200)
	g.get(user.Token(t)).expect(t, "another token", 200)
	if logins, _ := front.seen(); logins != 1 {
		t.Errorf("%d logins, want 1", logins)
	}
	cloud.Revoke(t, front.last().Header.Get("X-Auth-Token"))
	g.get(user.Token(t)).expect(t, "after", 200)
	if logins, _ := front.seen(); logins != 2 {
		t.Errorf("%d logins, want 2", logins)
	}
}

// What the operator got wrong is a 503, not a 401, and does not lock the account
// of the service user.
func TestServiceUserIsRefused(t *testing.T) {
	cloud := keystonetest.New(t)
	front := newFront(t, cloud)
	g := start(t, cloud, front.url, "")
	token := cloud.User(t, "member").Token(t)
	cloud.SetPassword(t, g.user, "another")
	for range 3 {
		g.get(token).expect(t, "wrong password", 503)
	}
	if logins, validations := front.seen(); logins != 1 || validations != 0 {
		t.Errorf("%d logins and %d validations, want 1 and none", logins, validations)
	}
}

func TestServiceUserMayNotValidate(t *testing.T) {
	cloud := keystonetest.New(t)
	g := &gateway{t: t, cloud: cloud, user: cloud.User(t, "member")}
	g.run(cloud.URL, "")
	g.get(cloud.User(t, "member").Token(t)).expect(t, "no right", 503)
}

// Many requests with one token are one question.
func TestOneTokenManyRequests(t *testing.T) {
	cloud := keystonetest.New(t)
	front := newFront(t, cloud)
	g := start(t, cloud, front.url, "")
	token := cloud.User(t, "member").Token(t)
	const requests = 1000
	transport := &http.Transport{MaxIdleConnsPerHost: requests}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var all sync.WaitGroup
	begin := make(chan struct{})
	var statuses [requests]int
	for n := range requests {
		all.Go(func() {
			<-begin
			a, err := kit.Request{
				Method: http.MethodGet, URL: g.url + "/images?limit=1", Header: http.Header{"X-Auth-Token": {token}}, Client: client,
			}.Send(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			statuses[n] = a.StatusCode
		})
	}
	close(begin)
	all.Wait()
	for n, status := range statuses {
		if status != http.StatusOK {
			t.Fatalf("request %d: status %d", n, status)
		}
	}
	if logins, validations := front.seen(); logins != 1 || validations != 1 {
		t.Errorf("%d logins and %d validations, want one each", logins, validations)
	}
	if query := front.last().URL.RawQuery; !strings.Contains(query, "nocatalog") {
		t.Errorf("asked for %q", query)
	}
}
