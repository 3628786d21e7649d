package keystone

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/keystonetest"
)

// The 401 has the form that clients of a release know.
func TestUnauthorized(t *testing.T) {
	const body = `{"error": {"message": "The request you have made requires authentication.", "code": 401, "title": "Unauthorized"}}`
	for _, c := range []struct {
		options, challenge, contentType, body string
	}{
		{"", `Keystone uri="$URL"`, "application/json", body},
		{"\n\ncompatible_with rocky", `Keystone uri="$URL"`, "application/json", body},
		{"\n\ncompatible_with queens", `Keystone uri='$URL'`, "application/json", body},
		{"\n\ncompatible_with ocata", `Keystone uri='$URL'`, "application/json; charset=UTF-8", body},
		{"\n\ncompatible_with mitaka", `Keystone uri='$URL'`, "text/html; charset=UTF-8", "Authentication required"},
		{"auth_uri http://old:5000/v2.0", `Keystone uri="http://old:5000/v2.0"`, "application/json", body},
		{"auth_uri http://old:5000\nwww_authenticate_uri http://new:5000", `Keystone uri="http://new:5000"`, "application/json", body},
	} {
		t.Run(strings.TrimSpace(c.options), func(t *testing.T) {
			cloud := keystonetest.New(t)
			g := start(t, cloud, cloud.URL, c.options)
			for what, a := range map[string]answer{"none": g.send("GET", "/images", ""), "invalid": g.get("nonsense"), "rpc": g.send("POST", "/rpc", "[]")} {
				a.expect(t, what, 401)
				if got, want := a.Header.Get("Www-Authenticate"), strings.ReplaceAll(c.challenge, "$URL", cloud.URL); got != want {
					t.Errorf("%s: WWW-Authenticate: %q, want %q", what, got, want)
				}
				if got := a.Header.Get("Content-Type"); got != c.contentType || a.text != c.body {
					t.Errorf("%s: %s %s", what, got, a.text)
				}
				if id := a.Header.Get("X-Openstack-Request-Id"); id != "" {
					t.Errorf("%s: there is a request id, %s", what, id)
				}
			}
		})
	}
}

// With delay_auth_decision the registry answers, or takes the caller for anonymous.
func TestDelayedDecision(t *testing.T) {
	cloud := keystonetest.New(t)
	t.Run("refused", func(t *testing.T) {
		g := start(t, cloud, cloud.URL, "delay_auth_decision")
		a := g.get("nonsense", "Accept: text/plain").expect(t, "invalid", 401)
		if !a.contains("This server could not verify that you are authorized") || a.Header.Get("Www-Authenticate") == "" {
			t.Errorf("got %v %s", a.Header, a.text)
		}
	})
	t.Run("anonymous", func(t *testing.T) {
		g := start(t, cloud, cloud.URL, "delay_auth_decision\n\nallow_anonymous")
		token := cloud.User(t, "member").Token(t)
		g.send("GET", "/images", "", "X-Identity-Status: Confirmed", "X-Roles: admin").expect(t, "no token", 200)
		g.get("nonsense").expect(t, "invalid", 200)
		g.get(token, "X-Service-Token: nonsense").expect(t, "an invalid service", 200)
		create := func(headers ...string) answer {
			return g.send("POST", "/images", `{"image": {"status": "queued"}}`, headers...)
		}
		create("X-Roles: admin").expect(t, "writing without a token", 403)
		create("X-Auth-Token: "+token).expect(t, "writing with one", 200)
	})
	t.Run("not delayed", func(t *testing.T) {
		g := start(t, cloud, cloud.URL, "\n\nallow_anonymous")
		g.send("GET", "/images", "").expect(t, "no token", 401)
	})
}

// Where peers are named, a token from elsewhere is nothing.
func TestPeers(t *testing.T) {
	cloud := keystonetest.New(t)
	g := start(t, cloud, cloud.URL, "from 192.0.2.0/24")
	a := g.get(cloud.User(t, "admin").Token(t), "X-Forwarded-For: 192.0.2.1").expect(t, "another peer", 403)
	if !a.contains("127.0.0.1") {
		t.Errorf("got %s", a.text)
	}
}

// What is passed on bears no identity but the token, which glance-api judges.
func TestPassThrough(t *testing.T) {
	seen := make(chan *http.Request, 1)
	api := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r }))
	defer api.Close()
	cloud := keystonetest.New(t)
	g := &gateway{t: t, cloud: cloud, user: cloud.User(t, "service")}
	g.url = integration.StartGateway(t, g.site(cloud.URL, "\n\npass_through\nharden")+"\nreverse_proxy "+api.Listener.Addr().String())
	g.send("GET", "/v2/images", "", "X-Auth-Token: nonsense", "X-Roles: admin", "X-Identity-Status: Confirmed").expect(t, "passed on", 200)
	r := <-seen
	if r.Header.Get("X-Auth-Token") != "nonsense" || r.Header.Get("X-Roles") != "" || r.Header.Get("X-Identity-Status") != "" {
		t.Errorf("arrived: %v", r.Header)
	}
	g.get("nonsense").expect(t, "claimed", 401)
}
