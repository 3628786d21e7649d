package caddymodule

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/internal/retirement/desk"
)

func TestDesk(t *testing.T) {
	s := start(t, "http://$ADDR {\nhandle_path /desk/* {\nglance_registry_desk\n}\nglance_registry {\ndatabase sqlite:///$DB\ndemo\n}\n}\n")
	s.do("GET", "/images", asAdmin...)
	for _, c := range []struct {
		method, path string
		status       int
		contentType  string
		part         string
	}{
		{"GET", "/desk/", 200, "text/html; charset=utf-8", "Calls are not counted"},
		{"HEAD", "/desk/", 200, "text/html; charset=utf-8", ""},
		{"GET", "/desk/style.css", 200, "text/css; charset=utf-8", "prefers-color-scheme"},
		{"GET", "/desk/live.js", 200, "text/javascript; charset=utf-8", "EventSource"},
		{"GET", "/desk/data.json", 200, "application/json", `"counted":false`},
		{"GET", "/desk/other", 404, "", ""},
		{"POST", "/desk/", 405, "", ""},
	} {
		res, body := s.do(c.method, c.path)
		if res.StatusCode != c.status || res.Header.Get("Content-Type") != c.contentType || !strings.Contains(body, c.part) {
			t.Errorf("%s %s: %d, %s: %s", c.method, c.path, res.StatusCode, res.Header.Get("Content-Type"), body)
		}
		if policy := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s %s: Content-Security-Policy: %s", c.method, c.path, policy)
		}
	}
	_, body := s.do("GET", "/desk/data.json")
	var d desk.Data
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Databases) != 1 || !d.Databases[0].Well || !strings.Contains(d.Databases[0].State, "2026.2") {
		t.Errorf("got %+v", d.Databases)
	}
}

// A viewer does not keep a configuration from being replaced.
func TestDeskEndsWithItsServer(t *testing.T) {
	s := start(t, "http://$ADDR {\nglance_registry_desk\n}\n")
	res, err := http.Get("http://" + s.addr + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() || lines.Text() != "event: main" {
		t.Fatalf("got %q, %v", lines.Text(), lines.Err())
	}
	begin := time.Now()
	s.load("http://" + kit.FreeAddress(t) + " {\nrespond ok\n}\n")
	for lines.Scan() {
	}
	if took := time.Since(begin); took > defaultGracePeriod/2 { // which the server would wait otherwise
		t.Errorf("the stream has ended after %s", took)
	}
}

func TestDeskTakesNoOptions(t *testing.T) {
	for _, config := range []string{"glance_registry_desk now", "glance_registry_desk {\ntitle x\n}"} {
		_, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(":9191 {\n"+config+"\n}\n"), nil)
		if err == nil || !strings.Contains(err.Error(), "takes no argument and no block") {
			t.Errorf("%s: %v", config, err)
		}
	}
}
