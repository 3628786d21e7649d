package imagesv1

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/integration/ruletest"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/rest"
)

// cached is the API with a cache that learns nothing of what others write.
type cached struct {
	api       *API
	elsewhere *registry.Service
}

func newCached(t *testing.T) cached {
	t.Helper()
	file := ruletest.File(t)
	c := cache.New(cache.Config{Store: ruletest.Open(t, file, nil), Size: 1 << 20, TTL: time.Hour})
	service := &registry.Service{Store: c, Rules: access.Rules{Harden: true}}
	return cached{
		&API{Registry: &rest.API{Service: service}, Quotas: Quotas{-1, -1, -1, -1}, Background: NewBackground()},
		&registry.Service{Store: ruletest.Open(t, file, nil)},
	}
}

// call sends a request without a body, with headers as "name: value".
func (c cached) call(t *testing.T, want int, method, path string, headers ...string) http.Header {
	t.Helper()
	return c.send(t, want, method, path, "", headers...)
}

func (c cached) send(t *testing.T, want int, method, path, body string, headers ...string) http.Header {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	route, _ := Match(r)
	w := httptest.NewRecorder()
	if c.api.Serve(w, r, route, ruletest.Owner); w.Code != want {
		t.Fatalf("%s %s %q: %d, want %d: %s", method, path, headers, w.Code, want, w.Body)
	}
	return w.Header()
}

// queued makes an image without data, which the cache has, and changes it elsewhere.
func (c cached) queued(t *testing.T, change ...any) (path string) {
	t.Helper()
	path = c.call(t, 201, "POST", "/v1/images", "x-image-meta-name: one", "x-image-meta-disk-format: raw",
		"x-image-meta-container-format: bare", "x-image-meta-property-a: 1").Get("Location")
	c.call(t, 200, "HEAD", path)
	_, err := c.elsewhere.UpdateImage(t.Context(), ruletest.Admin, id(path), ruletest.Values(change...), registry.UpdateOptions{})
	ruletest.Must(t, err)
	return path
}

func id(location string) string { return path.Base(location) }

// A change is judged by the row, not by what the cache still has of the image.
func TestChangeBehindTheCache(t *testing.T) {
	c := newCached(t)
	for header, want := range map[string]int{
		"x-image-meta-disk-format: qcow2": 403, "x-image-meta-container-format: ovf": 403, "x-image-meta-size: 7": 403,
		"x-image-meta-checksum: 0": 403, "x-image-meta-location: http://127.0.0.1:1/data": 400, "x-image-meta-name: two": 200,
	} {
		path := c.queued(t, "status", "active", "size", json.Number("5"), "checksum", "5d41402abc4b2a76b9719d911017c592")
		c.call(t, want, "PUT", path, header)
	}
}

// A purge leaves the properties of glance-api, such as the lock of an import, as they
// are.
func TestPurgeBehindTheCache(t *testing.T) {
	c := newCached(t)
	path := c.queued(t, "properties", ruletest.Values("os_glance_import_task", "x"))
	c.call(t, 200, "PUT", path, "x-image-meta-name: two")
	image, err := c.elsewhere.Image(t.Context(), ruletest.Admin, id(path), false)
	ruletest.Must(t, err)
	live := liveProperties(image)
	if _, kept := live.Get("os_glance_import_task"); !kept || live.Len() != 1 {
		t.Errorf("the properties are %q", live.Keys())
	}
}
