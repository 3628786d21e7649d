package publicreads

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const id = "c0ffee00-0000-4000-8000-000000000001"

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		target string
		kind   Kind
		ok     bool
	}{
		{"/v2/images", Images, true},
		{"/v2/images?limit=3&tag=a&tag=b&name=%C3%A4", Images, true},
		{"/v2/images/" + id, Image, true},
		{"/v2/images/" + id + "?any=thing", Image, true},
		{"/v2/images/" + id + "/members", Members, true},
		{"/v2/images/" + id + "/members/0123abc", Member, true},
		{"/v2/schemas/image", Schema, true},
		{"/v2/schemas/metadefs/resource_type", Schema, true},

		{"/v2/images/", 0, false},
		{"/v2.1/images", 0, false},
		{"/v1/images", 0, false},
		{"/images", 0, false},
		{"/v2/images/detail", 0, false},
		{"/v2/images/" + strings.ToUpper(id), 0, false},
		{"/v2/images/" + id + "/", 0, false},
		{"/v2/images/" + id + "/file", 0, false},
		{"/v2/images/" + id + "/tasks", 0, false},
		{"/v2/images/" + id + "/locations", 0, false},
		{"/v2/images/" + id + "/members/", 0, false},
		{"/v2/images/" + id + "/members/a%2fb", 0, false},
		{"/v2/images/" + id + "/members/Abc", 0, false},
		{"/v2/images/c0ffee00%2d0000-4000-8000-000000000001", 0, false},
		{"/v2/tasks", 0, false},
		{"/v2/metadefs/namespaces", 0, false},
		{"/v2/schemas/", 0, false},
		{"/v2/schemas/image/", 0, false},
		{"/v2/info/import", 0, false},
		{"/v2/images/" + id + "?_method=DELETE", 0, false},
		{"/v2/images/" + id + "?a=b&%5fmethod=DELETE", 0, false},
		{"/v2/images/" + id + "?_METHOD=DELETE", 0, false},
		{"/v2/images/" + id + "?a=b;_method=DELETE", 0, false},
		{"/v2/images?limit=%zz", 0, false},
	} {
		r := httptest.NewRequest(http.MethodGet, c.target, nil)
		if read, ok := Match(r); ok != c.ok || ok && read.Kind != c.kind {
			t.Errorf("%s: %v %v", c.target, read, ok)
		}
	}
}

func TestMatchHeaders(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(*http.Request)
		ok     bool
	}{
		{"as it is", func(*http.Request) {}, true},
		{"content type", func(r *http.Request) { r.Header.Set("Content-Type", "application/octet-stream") }, true},
		{"accept", func(r *http.Request) { r.Header.Set("Accept", "application/json, */*") }, true},
		{"encoding", func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") }, true},
		{"condition", func(r *http.Request) { r.Header.Set("If-None-Match", "*") }, true},
		{"request id", func(r *http.Request) { r.Header.Set("X-Openstack-Request-Id", strings.Repeat("x", 64)) }, true},

		{"HEAD", func(r *http.Request) { r.Method = http.MethodHead }, false},
		{"POST", func(r *http.Request) { r.Method = http.MethodPost }, false},
		{"body", func(r *http.Request) { r.ContentLength = 1 }, false},
		{"body of unknown length", func(r *http.Request) { r.ContentLength, r.TransferEncoding = -1, []string{"chunked"} }, false},
		{"trailer", func(r *http.Request) { r.Trailer = http.Header{"X": nil} }, false},
		{"origin", func(r *http.Request) { r.Header.Set("Origin", "https://horizon.example.com") }, false},
		{"trace", func(r *http.Request) { r.Header.Set("X-Trace-Info", "x") }, false},
		{"version in accept", func(r *http.Request) { r.Header.Set("Accept", "application/Vnd.Openstack.images-v2") }, false},
		{"long request id", func(r *http.Request) { r.Header.Set("X-Openstack-Request-Id", strings.Repeat("x", 65)) }, false},
		{"two request ids", func(r *http.Request) { r.Header["X-Openstack-Request-Id"] = []string{"a", "b"} }, false},
		{"second spelling", func(r *http.Request) { r.Header["X_auth_token"] = []string{"a"} }, false},
		{"expectation", func(r *http.Request) { r.Header.Set("Expect", "100-continue") }, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/v2/images/"+id, nil)
		c.change(r)
		if _, ok := Match(r); ok != c.ok {
			t.Errorf("%s: %v", c.what, ok)
		}
	}
}

func TestKey(t *testing.T) {
	sites := []*Reads{New(Config{}), New(Config{})}
	key := func(site int, sender byte, target string) any {
		return sites[site].Key([32]byte{sender}, httptest.NewRequest(http.MethodGet, target, nil))
	}
	if key(0, 1, "/v2/images?a=b") != key(0, 1, "/v2/images?a=b") {
		t.Error("a key differs from itself")
	}
	seen := map[any]string{}
	for _, target := range []string{"/v2/images", "/v2/images?a=b", "/v2/images?a=c", "/v2/images/" + id, "/v2/images?limit=1&a=b"} {
		for sender := range byte(2) {
			for site := range sites {
				k := key(site, sender, target)
				if other, known := seen[k]; known {
					t.Errorf("%s and %s have one key", target, other)
				}
				seen[k] = target
			}
		}
	}
}
