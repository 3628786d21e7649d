// Package desk looks at the desk's page with a browser, as its users do.
package desk

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"go.uber.org/zap/zaptest"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/internal/retirement/census"
)

var update = flag.Bool("update", false, "write the screenshots of the docs")

func TestMain(m *testing.M) { servers.Main(m) }

// sites starts a registry that counts and plans, and a desk.
func sites(t *testing.T) (registry, desk string) {
	t.Helper()
	brownout := time.Now().UTC().Add(26 * time.Hour).Truncate(time.Hour).Format(time.RFC3339)
	old, gateway := oldRegistry(t)
	urls := integration.StartSites(t, "admin off", `
glance_registry {
	database sqlite:///`+t.TempDir()+`/demo.sqlite
	demo
	shadow `+old.URL+`
	cache
	census {
		file `+lastWeek(t)+`
	}
	retire dry-run {
		deprecated 2026-12-01
		sunset     2099-06-30
		brownout   `+brownout+` 15m
		share      10%
	}
}`, "glance_registry_desk")
	target, err := url.Parse(urls[0])
	if err != nil {
		t.Fatal(err)
	}
	gateway.Store(target)
	call(t, urls[0], "", "/images/detail?limit=2", "")
	for range 40 {
		call(t, urls[0], "", "/rpc", `[{"command":"image_get_all","kwargs":{}},{"command":"image_tag_get_all","kwargs":{"image_id":"x"}}]`)
	}
	call(t, urls[0], "python-requests/2.31.0", "/images", "")
	call(t, urls[0], "check_http/v2.3.3 (monitoring-plugins 2.3.3)", "/images", "")
	return urls[0], urls[1]
}

// oldRegistry answers as the gateway does, but it has one more image in detailed lists, and
// another checksum in them. It has to be told where the gateway is.
func oldRegistry(t *testing.T) (server *httptest.Server, gateway *atomic.Pointer[url.URL]) {
	t.Helper()
	gateway = new(atomic.Pointer[url.URL])
	server = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(gateway.Load()) },
		ModifyResponse: func(res *http.Response) error {
			if res.Request.URL.Path != "/images/detail" {
				return nil
			}
			body, err := io.ReadAll(res.Body)
			body = bytes.Replace(body, []byte(`"checksum": "`), []byte(`"checksum": "0`), 1)
			body = bytes.Replace(body, []byte(`{"images": [`), []byte(`{"images": [{"id": "`+strings.Repeat("f", 36)+`", "name": "additional"}, `), 1)
			res.Body = io.NopCloser(bytes.NewReader(body))
			res.Header.Del("Content-Length")
			res.ContentLength = -1
			return err
		},
	})
	t.Cleanup(server.Close)
	return server, gateway
}

// lastWeek is a census of two nodes and a script.
func lastWeek(t *testing.T) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "census.sqlite")
	c := census.New(file, 90*24*time.Hour, nil, zaptest.NewLogger(t))
	now := time.Now()
	for hour := range 7 * 24 {
		at := now.Add(-time.Duration(hour) * time.Hour)
		for range 1 + 20*max(0, 8-abs(at.Hour()-12)) {
			c.Add(census.Call{Caller: census.Caller{Peer: "10.2.0.17", Project: project, Kind: census.GlanceAPIv2}, At: at, Route: "rpc.image_get"})
		}
		if hour > 50 {
			c.Add(census.Call{Caller: census.Caller{Peer: "10.2.0.18", Project: project, Kind: census.GlanceAPIv1}, At: at, Route: "images.update", Write: true})
		}
		if at.Hour() == 3 {
			c.Add(census.Call{Caller: census.Caller{Peer: "10.9.1.4", Project: project, Agent: "Go-http-client/1.1", Kind: census.Script}, At: at, Route: "images.detail"})
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

func abs(n int) int { return max(n, -n) }

// project is the one of all callers.
const project = "7a2b6fce1d2a4c33a6e1f8e0d5c9b842"

func call(t *testing.T, site, agent, path, body string) {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequest(method, site+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"User-Agent": agent, "X-Identity-Status": "Confirmed", "X-User-Id": "u", "X-Roles": "admin", "X-Project-Id": project,
	} {
		r.Header[name] = []string{value}
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
}

// browser starts Chromium.
func browser(t *testing.T) context.Context {
	t.Helper()
	servers.Require(t, servers.Chromium)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, // for root
		chromedp.Flag("force-color-profile", "srgb"), chromedp.WSURLReadTimeout(time.Minute))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// do takes a step that returns a value.
func do[T any](t *testing.T, ctx context.Context, step chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(ctx, step)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// The page says what is to be said, on a desk and on a phone, in light and in dark; it can
// be used by keyboard; and everything has a name and enough contrast.
func TestPage(t *testing.T) {
	_, desk := sites(t)
	kit.Wait(t, "compared with the old registry", func() bool {
		a, err := kit.Request{Method: http.MethodGet, URL: desk + "/data.json"}.Send(t.Context())
		return err == nil && bytes.Contains(a.Text, []byte(`"kind":"row"`))
	})
	ctx := browser(t)
	for _, view := range []struct {
		name          string
		width, height int64
		scheme        string
	}{
		{"desk", 1280, 1000, "light"}, {"desk-dark", 1280, 1000, "dark"}, {"desk-phone", 390, 844, "light"}, {"desk-phone-dark", 390, 844, "dark"},
	} {
		t.Run(view.name, func(t *testing.T) {
			do(t, ctx, chromedp.Steps(chromedp.EmulateViewport(view.width, view.height), colors(view.scheme), chromedp.Navigate(desk+"/")))
			if title := do(t, ctx, chromedp.Title()); !strings.Contains(title, "since the last call") {
				t.Errorf("title %q", title)
			}
			text := do(t, ctx, chromedp.Text(chromedp.CSS("main")))
			for _, part := range []string{"Who is left", "glance-api v2", "Remove data_api", "python-requests/2.31.0", "monitoring", "Brownouts",
				"10 % of the requests get 503", "dry run", "schema of", "Compared with", "images.detail", "row"} {
				if !strings.Contains(text, part) {
					t.Errorf("the page lacks %q", part)
				}
			}
			if do(t, ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`)) {
				t.Error("the page is wider than the screen")
			}
			if faults := do(t, ctx, chromedp.Evaluate[[]string](accessibility)); len(faults) > 0 {
				t.Errorf("accessibility: %s", strings.Join(faults, "; "))
			}
			if *update && view.name != "desk-phone-dark" {
				write(t, "../../docs/images/"+view.name+".png", do(t, ctx, chromedp.FullScreenshot(100)))
			}
			do(t, ctx, chromedp.KeyEvent("\t"))
			if focused := do(t, ctx, chromedp.Evaluate[string](`document.activeElement.className + " " + (document.activeElement.getBoundingClientRect().left >= 0)`)); focused != "skip true" {
				t.Errorf("the first stop of the keyboard is %q", focused)
			}
			checkDifferences(t, ctx, view.width)
		})
	}
}

// The differences that the comparison with the old registry found open with the keyboard,
// and show what both answered: side by side where there is room, one above the other on a
// phone.
func checkDifferences(t *testing.T, ctx context.Context, width int64) {
	t.Helper()
	do(t, ctx, chromedp.Steps(chromedp.WaitVisible(chromedp.CSS("summary")), chromedp.Focus(chromedp.CSS("summary")), chromedp.KeyEvent("\r"), chromedp.WaitVisible(chromedp.CSS("details[open] .sides pre"))))
	text := do(t, ctx, chromedp.Text(chromedp.CSS("details[open]")))
	for _, part := range []string{"GET /images/detail", "Old registry", "Gateway", "(absent)", "additional", "checksum"} {
		if !strings.Contains(text, part) {
			t.Errorf("the differences lack %q: %.500s", part, text)
		}
	}
	beside := do(t, ctx, chromedp.Evaluate[bool](`(([a, b]) => a.top === b.top && a.right <= b.left)([...document.querySelector("details[open] .sides").children].map((e) => e.getBoundingClientRect()))`))
	if wide := width > 640; beside != wide {
		t.Errorf("side by side: %v on %d pixels", beside, width)
	}
	if do(t, ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`)) {
		t.Errorf("the page with the differences is wider than the screen: %v", do(t, ctx, chromedp.Evaluate[[]string](`
			[...document.querySelectorAll("main *")].filter((e) => !e.closest(".scroll") && e.getBoundingClientRect().right > window.innerWidth).map((e) => e.tagName + " " + e.className).slice(0, 5)`)))
	}
	if faults := do(t, ctx, chromedp.Evaluate[[]string](accessibility)); len(faults) > 0 {
		t.Errorf("accessibility of the differences: %s", strings.Join(faults, "; "))
	}
}

// colors makes the browser prefer a color scheme.
func colors(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// A caller that comes while the page is open appears on it.
func TestPageIsLive(t *testing.T) {
	registry, desk := sites(t)
	ctx := browser(t)
	do(t, ctx, chromedp.Navigate(desk+"/"))
	call(t, registry, "curl/8.5.0", "/images", "")
	do(t, ctx, chromedp.Poll[bool](`document.getElementById("main").textContent.includes("curl/8.5.0")`, chromedp.WithPollingTimeout(30*time.Second)))
}

func TestLinkToJSON(t *testing.T) {
	_, desk := sites(t)
	ctx := browser(t)
	do(t, ctx, chromedp.Steps(chromedp.Navigate(desk+"/"), chromedp.Click(chromedp.CSS("footer a")), chromedp.WaitVisible(chromedp.CSS("pre"))))
	text := do(t, ctx, chromedp.Text(chromedp.CSS("pre")))
	for _, part := range []string{`"kind":"glance-api v2"`, `"days_since_last_call":`, `"brownouts":[{"start":`} {
		if !strings.Contains(text, part) {
			t.Errorf("the data lack %s: %s", part, text)
		}
	}
}

func write(t *testing.T, path string, picture []byte) {
	t.Helper()
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, picture) {
		return
	}
	if err := os.WriteFile(path, picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
