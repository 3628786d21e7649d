package shadow

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

// reads sends one read of each kind, 8 calls in 7 requests.
func (p *pair) reads(image string) {
	for _, path := range []string{"/images", "/images/detail?limit=5", "/images/" + image, "/images/" + image + "/members"} {
		p.send(http.MethodGet, path, nil)
	}
	p.call("image_get", `{"image_id": "`+image+`"}`)
	p.call("image_get_all", `{"limit": 4, "sort_key": ["name"], "sort_dir": ["asc"]}`)
	p.send(http.MethodPost, "/rpc", `[{"command": "image_tag_get_all", "kwargs": {"image_id": "`+image+`"}}, {"command": "metadef_namespace_get_all", "kwargs": {}}]`)
}

const readCalls = 8

// onPath changes the bodies of answers for a path.
func onPath(path string, change func([]byte) []byte) fault {
	return func(r *http.Request, _ *http.Response, body []byte) []byte {
		if r.URL.Path == path {
			return change(body)
		}
		return body
	}
}

// onList changes the list of images in an answer.
func onList(change func([]json.RawMessage) []json.RawMessage) func([]byte) []byte {
	return func(body []byte) []byte {
		var list struct{ Images []json.RawMessage }
		if json.Unmarshal(body, &list) != nil {
			return body
		}
		changed, _ := json.Marshal(map[string]any{"images": change(list.Images)})
		return changed
	}
}

// Each way to err is found as what it is, where it is, and nothing else is.
func TestFindsFaults(t *testing.T) {
	for _, serve := range []string{"new", "old"} {
		t.Run(serve, func(t *testing.T) {
			p := newPair(t, serve)
			p.load()
			image := p.anImage()
			for _, group := range faults(image) {
				p.reset()
				p.old.fault.Store(new(fault(group.all)))
				p.reads(image)
				group.check(t, p.report(readCalls))
			}
		})
	}
}

// known is a way in which the old registry errs.
type known struct {
	name  string
	fault fault
	call  string
	kind  shadow.Kind
	path  string
}

// group is faults of different calls.
type group []known

func (g group) all(r *http.Request, answer *http.Response, body []byte) []byte {
	for _, k := range g {
		body = k.fault(r, answer, body)
	}
	return body
}

func (g group) check(t *testing.T, r *shadow.Report) {
	t.Helper()
	got, want := map[string]map[shadow.Kind]int64{}, map[string]map[shadow.Kind]int64{}
	for name, call := range r.Calls {
		if call.Different > 0 {
			got[name] = call.Differences
		}
	}
	for _, k := range g {
		want[k.call] = map[shadow.Kind]int64{k.kind: 1}
		if !slices.ContainsFunc(r.Samples, func(s *shadow.Sample) bool {
			return s.Call == k.call && s.Kind == k.kind && strings.Contains(s.Differences[0].Path, k.path)
		}) {
			t.Errorf("%s: no sample of a %s in %s at %s: %v", k.name, k.kind, k.call, k.path, r.Samples)
		}
	}
	if !maps.EqualFunc(got, want, maps.Equal) || skipped(r) != 0 {
		t.Errorf("found %v, skipped %v, want %v", got, r.Skipped, want)
	}
}

// replacing is a fault in the texts of answers for a path.
func replacing(path, old, new string) fault {
	return onPath(path, func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) })
}

func faults(image string) []group {
	show := "/images/" + image
	return []group{{
		{"field", replacing(show, `"min_disk": `, `"min_disk": 7`), "images.show", shadow.Field, "/image/min_disk"},
		{"order", onPath("/images/detail", onList(func(list []json.RawMessage) []json.RawMessage {
			list[1], list[2] = list[2], list[1]
			return list
		})), "images.detail", shadow.Order, "/images"},
		{"missing row", onPath("/images", onList(func(list []json.RawMessage) []json.RawMessage { return list[1:] })),
			"images.index", shadow.Row, "/images/"},
		{"command", replacing("/rpc", `[{"id": "`+image+`", `, `[{"uuid": "`+image+`", `), "rpc.image_get", shadow.Field, "id"},
	}, {
		{"status", func(r *http.Request, answer *http.Response, body []byte) []byte {
			if r.URL.Path == show {
				answer.StatusCode = http.StatusNotFound
			}
			return body
		}, "images.show", shadow.Status, ""},
		{"header", func(r *http.Request, answer *http.Response, body []byte) []byte {
			if r.URL.Path == "/images/detail" {
				answer.Header.Set("Content-Type", "text/json")
			}
			return body
		}, "images.detail", shadow.Header, "Content-Type"},
		{"additional row", onPath("/images", onList(func(list []json.RawMessage) []json.RawMessage {
			return append(list, json.RawMessage(`{"id": "more", "name": "more"}`))
		})), "images.index", shadow.Row, "/images/more"},
	}, {
		{"missing field", replacing(show, `"min_disk": `, `"minimum_disk": `), "images.show", shadow.Field, "/image/min"},
		{"body", onPath("/images/detail", func(b []byte) []byte { return b[:len(b)/2] }), "images.detail", shadow.Body, ""},
	}}
}

// anImage is the id of an image with tags and members.
func (p *pair) anImage() (id string) {
	p.t.Helper()
	if err := p.db.DB.QueryRow(`SELECT image_id FROM image_tags WHERE deleted = 0 AND image_id IN (SELECT id FROM images WHERE deleted = 0)
		AND image_id IN (SELECT image_id FROM image_members WHERE deleted = 0) ORDER BY image_id`).Scan(&id); err != nil {
		p.t.Fatal(err)
	}
	return id
}

// A sample that is exported is a case that the old registry passes, and the gateway fails.
func TestExportsCases(t *testing.T) {
	p := newPair(t, "new")
	p.load()
	image := p.anImage()
	swap := onPath("/images/"+image, func(b []byte) []byte {
		return bytes.Replace(b, []byte(`"protected": `), []byte(`"unprotected": `), 1)
	})
	p.old.fault.Store(&swap)
	p.send(http.MethodGet, "/images/"+image, nil)
	p.report(1)
	a, err := kit.Request{Method: http.MethodGet, URL: "http://" + p.admin + "/glance_registry/shadow/cases?dataset=small"}.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cases, err := conformance.Read(bytes.NewReader(a.Text))
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d cases, %v: %s", len(cases), err, a.Text)
	}
	db := conformance.Target{BaseURLs: []string{p.old.URL}, DB: p.db}
	if err := conformance.Play(t.Context(), db, cases[0]); err != nil {
		t.Errorf("the old registry fails its own case: %v", err)
	}
	db.BaseURLs = []string{p.oldURL}
	if err := conformance.Play(t.Context(), db, cases[0]); err == nil || !strings.Contains(err.Error(), "protected") {
		t.Errorf("the gateway plays the case with %v", err)
	}
}
