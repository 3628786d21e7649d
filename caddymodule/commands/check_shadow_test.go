package commands

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// What the gateway that runs has found is taken from its admin API.
func TestCheckShadow(t *testing.T) {
	report := ""
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != shadowPath {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, report)
	}))
	defer admin.Close()
	old := httptest.NewServer(http.NotFoundHandler())
	defer old.Close()
	path := t.TempDir() + "/glance.sqlite"
	createSQLite(t, path, false)
	site := func(options, url, serve string) string {
		return "{\n" + options + "\n}\nhttp://" + kit.FreeAddress(t) + " {\nbind 127.0.0.1\nglance_registry {\ndatabase sqlite:///" + path + "\nshadow " + url + " {\nserve " + serve + "\n}\n}\n}\n"
	}
	options := "admin " + strings.TrimPrefix(admin.URL, "http://")
	for name, c := range map[string]struct {
		report, caddyfile string
		want              map[string]string
	}{
		"none differ": {`{"compared": 12000, "names": 9, "different": 0}`, site(options, old.URL, "new"), map[string]string{
			"old registry": "ok: answers 404",
			"comparison":   "ok: 12000 calls of 9 kinds compared, 0 differences: with 95 % confidence, fewer than 1 in 4000 such calls differ",
		}},
		"some differ":                      {`{"compared": 12000, "names": 9, "different": 6}`, site(options, old.URL, "new"), map[string]string{"comparison": "warning: 6 differences (1 in 2000)"}},
		"nothing":                          {`{"compared": 0}`, site(options, old.URL, "new"), map[string]string{"comparison": "warning: nothing was compared"}},
		"another":                          {`{"old": "http://192.0.2.1:9191"}`, site(options, old.URL, "new"), map[string]string{"comparison": "skipped: without this shadow"}},
		"admin off":                        {"", site("admin off", old.URL, "new"), map[string]string{"comparison": "skipped: admin API off"}},
		"old is gone":                      {"", site("admin off", "http://"+kit.FreeAddress(t), "old"), map[string]string{"old registry": "failed: it answers clients"}},
		"old is gone, and does not answer": {"", site("admin off", "http://"+kit.FreeAddress(t), "new"), map[string]string{"old registry": "warning: nothing can be compared"}},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(c.report, `"old"`) {
				c.report = strings.Replace(c.report, "{", `{"old": "`+old.URL+`", `, 1)
			}
			report = `{"shadows": [` + c.report + `]}`
			results, _ := runCheckJSON(t, c.caddyfile)
			wantResults(t, results, c.want)
		})
	}
}
