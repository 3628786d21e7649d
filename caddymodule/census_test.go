package caddymodule

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/internal/retirement/census"
)

// censusOf asks the admin API.
func censusOf(t *testing.T) census.Report {
	t.Helper()
	w := httptest.NewRecorder()
	if err := new(adminAPI).census(w, httptest.NewRequest("GET", "/glance_registry/census", nil)); err != nil {
		t.Fatal(err)
	}
	var r census.Report
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// Calls are counted by project, program and route, with the commands of bulk requests,
// also those without an identity; over reloads and restarts; and no secret is kept.
func TestCensus(t *testing.T) {
	file := filepath.Join(t.TempDir(), "census.sqlite")
	config := "http://$ADDR {\nglance_registry {\ndatabase sqlite:///$DB\ndemo\ncensus {\nfile " + file + "\n}\n}\n}\n"
	s := start(t, config)
	const secret = "s3cret-token"
	node := append(asMember, "X-Auth-Token: "+secret, "User-Agent: ")
	s.do("GET", "/healthcheck", "User-Agent: ")
	if _, err := os.Stat(file); err == nil {
		t.Error("a health check has made the file")
	}
	s.do("GET", "/images?name=secret-image", node...)
	s.do("DELETE", "/images/nothing", node...)
	s.do("GET", "/images", "User-Agent: curl/8.5.0")
	s.send(s.request("POST", "/rpc", strings.NewReader(`[{"command":"image_get","kwargs":{"image_id":"x"}},{"command":"image_get_all","kwargs":{}},{"command":"image_tag_set_all","kwargs":{}}]`), node...))
	s.send(s.request("POST", "/rpc", strings.NewReader(`nonsense`), node...))
	want := map[string]map[string]int64{
		"glance-api v1 p-member": {"images.index": 1, "images.delete": 1},
		"glance-api v2 p-member": {"rpc.image_get": 1, "rpc.image_get_all": 1, "rpc.image_tag_set_all": 1, "rpc": 1},
		"script ":                {"images.index": 1},
	}
	for _, load := range []string{config, "http://$ADDR {\n}\n", config} {
		s.load(load)
		if load != config {
			if err := new(adminAPI).census(httptest.NewRecorder(), httptest.NewRequest("GET", "/glance_registry/census", nil)); err == nil {
				t.Error("a report without a census")
			}
			continue
		}
		r := censusOf(t)
		if len(r.Callers) != len(want) {
			t.Errorf("got %+v", r)
		}
		for _, c := range r.Callers {
			for route, n := range want[string(c.Kind)+" "+c.Project] {
				if c.Routes[route] != n || c.Peer != "127.0.0.1" {
					t.Errorf("%s: %d calls, want %d: %+v", route, c.Routes[route], n, c)
				}
			}
			if writes := map[census.Kind]int64{census.GlanceAPIv1: 1, census.GlanceAPIv2: 1}[c.Kind]; c.Writes != writes {
				t.Errorf("%d writes, want %d: %+v", c.Writes, writes, c)
			}
		}
	}
	for _, name := range []string{file, file + "-wal"} {
		content, _ := os.ReadFile(name)
		for _, kept := range []string{secret, "secret-image"} {
			if strings.Contains(string(content), kept) {
				t.Errorf("%s has %q", name, kept)
			}
		}
	}
}

// Callers that a brownout refuses are counted as well.
func TestCensusOfABrownout(t *testing.T) {
	_, now := soon(-1e9)
	s := start(t, retiring("{\nbrownout "+now+" 1h\n}\ncensus {\nfile "+filepath.Join(t.TempDir(), "census.sqlite")+"\n}"))
	s.do("GET", "/images", append(asMember, "User-Agent: curl/8.5.0")...)
	if r := censusOf(t); len(r.Callers) != 1 || r.Callers[0].Reads != 1 {
		t.Errorf("got %+v", r)
	}
}
