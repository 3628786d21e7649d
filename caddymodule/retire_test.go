package caddymodule

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/caddymodule/internal/retirements"
	"github.com/glancegate/glancegate/integration/kit"
)

// retiring is a registry site with a plan for its end.
func retiring(plan string) string {
	return "http://$ADDR {\nglance_registry {\ndatabase sqlite:///$DB\ndemo\nretire " + plan + "\n}\n}\n"
}

// soon is a moment as the grammar takes it; it has whole seconds.
func soon(after time.Duration) (time.Time, string) {
	moment := time.Now().Add(after).UTC().Truncate(time.Second)
	return moment, moment.Format(time.RFC3339)
}

func TestAnswersAnnounceTheEnd(t *testing.T) {
	s := start(t, retiring("{\ndeprecated 2026-12-01\nsunset 2099-06-30T00:00:00Z\nlink https://wiki.example.com/registry\n}"))
	for _, request := range []struct {
		method, path string
		announced    bool
	}{{"GET", "/images", true}, {"POST", "/rpc", true}, {"GET", "/healthcheck", false}} {
		res, _ := s.do(request.method, request.path, asAdmin...)
		want := map[string]string{
			"Deprecation": "@1796083200", "Sunset": "Tue, 30 Jun 2099 00:00:00 GMT",
			"Link": `<https://wiki.example.com/registry>; rel="deprecation"; type="text/html", <https://wiki.example.com/registry>; rel="sunset"; type="text/html"`,
		}
		for name, value := range want {
			if !request.announced {
				value = ""
			}
			if got := strings.Join(res.Header[name], ", "); got != value {
				t.Errorf("%s %s: %s is %q, want %q", request.method, request.path, name, got, value)
			}
		}
	}
}

// Requests are refused from the start of a brownout to its end, those of exempt
// callers never, those to the healthcheck neither.
func TestBrownoutUnderLoad(t *testing.T) {
	s := start(t, registryNode) // so that the other configuration is loaded quickly
	s.do("GET", "/images", asAdmin...)
	begin, text := soon(3 * time.Second)
	end := begin.Add(2 * time.Second)
	s.load(retiring("{\nsunset 2099-06-30\nlink https://wiki.example.com/registry\ncontact cloud-team@example.com\nbrownout " + text + " 2s\nexempt 127.0.0.2\n}"))
	type kind struct {
		source, method, path, body string
		concerned                  bool
		header                     []string
	}
	var clients sync.WaitGroup
	for _, k := range []kind{
		{"127.0.0.1", "GET", "/images/detail", "", true, asAdmin},
		{"127.0.0.1", "POST", "/rpc", `[{"command":"image_get_all","kwargs":{}}]`, true, asAdmin},
		{"127.0.0.1", "GET", "/images/nothing", "", true, asMember},
		{"127.0.0.2", "GET", "/images/detail", "", false, asAdmin},
		{"127.0.0.2", "POST", "/rpc", `[{"command":"image_get_all","kwargs":{}}]`, false, asAdmin},
		{"127.0.0.1", "GET", "/healthcheck", "", false, nil},
	} {
		clients.Go(func() {
			dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(k.source)}}
			client := http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}, Timeout: 10 * time.Second}
			defer client.CloseIdleConnections()
			refused, served := 0, 0
			for time.Now().Before(end.Add(time.Second)) {
				sent := time.Now()
				res, err := client.Do(s.request(k.method, k.path, strings.NewReader(k.body), k.header...))
				if err != nil {
					t.Error(err)
					return
				}
				_ = res.Body.Close()
				answered := time.Now()
				brownout := res.StatusCode == http.StatusServiceUnavailable
				switch within := !sent.Before(begin) && answered.Before(end); {
				case brownout && (!k.concerned || answered.Before(begin) || !sent.Before(end)):
					t.Errorf("%+v: refused at %v, brownout from %v to %v", k, sent, begin, end)
				case !brownout && k.concerned && within:
					t.Errorf("%+v: %d at %v, brownout from %v to %v", k, res.StatusCode, sent, begin, end)
				}
				if brownout {
					refused++
				} else {
					served++
				}
				time.Sleep(2 * time.Millisecond)
			}
			if served == 0 || k.concerned && refused == 0 {
				t.Errorf("%+v: %d served, %d refused", k, served, refused)
			}
		})
	}
	kit.Poll(kit.Timeout, func() bool { return !time.Now().Before(begin) })
	res, body := s.do("GET", "/images", append(asMember, "Accept: application/json")...)
	for _, part := range []string{"planned interruption until " + end.Format(time.RFC3339), "2099-06-30", "https://wiki.example.com/registry", "cloud-team@example.com"} {
		if !strings.Contains(body, part) {
			t.Errorf("%d without %q: %s", res.StatusCode, part, body)
		}
	}
	if wait := res.Header.Get("Retry-After"); wait != "1" && wait != "2" {
		t.Errorf("Retry-After: %q", wait)
	}
	clients.Wait()
	for _, event := range []string{"brownout begins", "brownout ends"} {
		if lines := s.logLines("retirement of the registry: "+event, 1); len(lines) != 1 {
			t.Errorf("%s: logged %v", event, lines)
		}
	}
}

func TestDryRunRefusesNothing(t *testing.T) {
	_, now := soon(-time.Second)
	s := start(t, retiring("dry-run {\ndeprecated 2026-01-01\nbrownout "+now+" 1h\n}"))
	before := valueOf(t, retirements.RequestsTotal.WithLabelValues("images.index", "would_refuse"))
	res, body := s.do("GET", "/images", asAdmin...)
	if res.StatusCode != http.StatusOK || res.Header.Get("Deprecation") != "" {
		t.Errorf("%d, Deprecation: %q: %s", res.StatusCode, res.Header.Get("Deprecation"), body)
	}
	if got := valueOf(t, retirements.RequestsTotal.WithLabelValues("images.index", "would_refuse")) - before; got != 1 {
		t.Errorf("%v requests counted, want 1", got)
	}
	w := httptest.NewRecorder()
	if err := new(adminAPI).retirement(w, httptest.NewRequest("GET", "/glance_registry/retirement", nil)); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"phase":"brownout"`, `"dry_run":true`, `"peer":"127.0.0.1"`, `"would_refuse":`} {
		if !strings.Contains(w.Body.String(), part) {
			t.Errorf("the report lacks %s: %s", part, w.Body)
		}
	}
}

func TestShareOfABrownout(t *testing.T) {
	_, now := soon(-time.Second)
	s := start(t, retiring("{\nbrownout "+now+" 1h\nshare 30%\nstatus 410\n}"))
	const requests = 400
	refused := 0
	for range requests {
		if res, _ := s.do("GET", "/images", asAdmin...); res.StatusCode == http.StatusGone {
			refused++
		}
	}
	// Six standard deviations.
	if refused < 65 || refused > 175 {
		t.Errorf("%d of %d are refused, want about 120", refused, requests)
	}
}

func TestAfterTheSunset(t *testing.T) {
	create := func(s *site) *http.Response {
		r := s.request("POST", "/images", strings.NewReader(`{"image":{"name":"late","status":"queued","disk_format":"raw","container_format":"bare"}}`),
			append(asAdmin, "Content-Type: application/json")...)
		res, _ := s.send(r)
		return res
	}
	_, past := soon(-time.Hour)
	for _, c := range []struct {
		name, after         string
		read, write, rpcGet int
	}{
		{"serve", "", 200, 200, 200},
		{"reads", "after_sunset reads", 200, 403, 200},
		{"reads for long", "after_sunset reads 2h", 200, 403, 200},
		{"reads no more", "after_sunset reads 30m", 410, 410, 410},
		{"nothing", "after_sunset nothing", 410, 410, 410},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, retiring(fmt.Sprintf("{\nsunset %s\nlink https://wiki.example.com/registry\n%s\n}", past, c.after)))
			if res, body := s.do("GET", "/images", asAdmin...); res.StatusCode != c.read {
				t.Errorf("read: %d: %s", res.StatusCode, body)
			}
			if res := create(s); res.StatusCode != c.write {
				t.Errorf("write: %d, want %d", res.StatusCode, c.write)
			}
			res, body := s.send(s.request("POST", "/rpc", strings.NewReader(`[{"command":"image_get_all","kwargs":{}},{"command":"image_destroy","kwargs":{"image_id":"x"}}]`), asAdmin...))
			if res.StatusCode != c.rpcGet {
				t.Errorf("RPC: %d: %s", res.StatusCode, body)
			}
			if refused := strings.Contains(body, "takes no changes any more. Read https://wiki.example.com/registry"); refused != (c.write == 403) {
				t.Errorf("RPC: %s", body)
			}
		})
	}
}

// Two nodes, one of whose clocks is a second behind: each refuses within the brownout
// by its own clock.
func TestBrownoutOfTwoNodes(t *testing.T) {
	s := start(t, registryNode) // so that the other configuration is loaded quickly
	s.do("GET", "/images", asAdmin...)
	const length = 2 * time.Second
	begin, text := soon(2 * time.Second)
	beginLate, textLate := soon(3 * time.Second)
	other := kit.FreeAddress(t)
	config := func(address, begin string) string {
		return "http://" + address + " {\nglance_registry {\ndatabase sqlite:///$DB\ndemo\nretire {\nbrownout " + begin + " 2s\n}\n}\n}\n"
	}
	s.load(config("$ADDR", text) + config(other, textLate))
	type node struct {
		*site
		begin time.Time
		seen  map[int]int // answers by their status
	}
	nodes := []node{{s, begin, map[int]int{}}, {&site{t: t, addr: other, log: s.log, db: s.db}, beginLate, map[int]int{}}}
	for time.Now().Before(beginLate.Add(length + time.Second/2)) {
		for n, node := range nodes {
			sent := time.Now()
			res, body := node.do("GET", "/images", asAdmin...)
			answered, end := time.Now(), node.begin.Add(length)
			var want int
			switch {
			case answered.Before(node.begin), !sent.Before(end):
				want = http.StatusOK
			case !sent.Before(node.begin) && answered.Before(end):
				want = http.StatusServiceUnavailable
			default:
				continue // it may be either
			}
			if res.StatusCode != want {
				t.Errorf("node %d, %v after the beginning: %d, want %d: %s", n, sent.Sub(node.begin), res.StatusCode, want, body)
			}
			node.seen[want]++
		}
		time.Sleep(10 * time.Millisecond)
	}
	for n, node := range nodes {
		if node.seen[http.StatusOK] == 0 || node.seen[http.StatusServiceUnavailable] == 0 {
			t.Errorf("node %d: answers by their status: %v", n, node.seen)
		}
	}
}
