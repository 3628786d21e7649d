package imagesv1

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/ruletest"
	"github.com/glancegate/glancegate/internal/glanceapi"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
)

// status is that of the row.
func (c cached) status(t *testing.T, path string) string {
	t.Helper()
	i, err := c.elsewhere.Image(t.Context(), ruletest.Admin, id(path), false)
	ruletest.Must(t, err)
	return i.Status
}

// set changes a row as glance-api does.
func (c cached) set(t *testing.T, path string, change ...any) {
	t.Helper()
	_, err := c.elsewhere.UpdateImage(t.Context(), ruletest.Admin, id(path), ruletest.Values(change...), registry.UpdateOptions{})
	ruletest.Must(t, err)
}

// The upload that has failed is killed, also where glance-api does not notice its end.
// An upload of somebody else, which came meanwhile, is not.
func TestKilledUpload(t *testing.T) {
	for _, k := range []struct {
		name            string
		uploading, next bool
		ago             time.Duration // that the upload failed
		want            string
	}{
		{"its own", true, false, 0, records.StatusKilled},
		{"the next one", true, true, 0, records.StatusSaving},
		{"another one", false, false, 0, records.StatusSaving},
		{"a later one", true, false, time.Minute, records.StatusSaving},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := newCached(t)
			path := c.queued(t, "status", records.StatusSaving)
			i, err := c.elsewhere.Image(t.Context(), ruletest.Admin, id(path), false)
			ruletest.Must(t, err)
			q := &request{http: httptest.NewRequest(http.MethodPut, path, nil), caller: ruletest.Admin}
			killing := &killing{image: i, from: records.StatusQueued, uploading: k.uploading, failed: time.Now().Add(-k.ago)}
			if k.next { // the row has been looked at
				ruletest.Must(t, killing.ours(i))
				c.set(t, path, "status", records.StatusSaving)
			}
			ruletest.Must(t, c.api.tryToKill(t.Context(), q, killing, 0))
			if got := c.status(t, path); got != k.want {
				t.Errorf("the image is %s, want %s", got, k.want)
			}
		})
	}
}

// glance-api that notices late makes the image queued, though it was killed.
func TestKilledAgain(t *testing.T) {
	c := newCached(t)
	path := c.queued(t, "status", records.StatusSaving)
	i, err := c.elsewhere.Image(t.Context(), ruletest.Admin, id(path), false)
	ruletest.Must(t, err)
	c.api.killUpload(&request{http: httptest.NewRequest(http.MethodPut, path, nil), caller: ruletest.Admin}, i)
	if got := c.status(t, path); got != records.StatusKilled {
		t.Fatal(got)
	}
	c.set(t, path, "status", records.StatusQueued)
	kit.Wait(t, "killed again", func() bool { return c.status(t, path) == records.StatusKilled })
}

// Where glance-api says that somebody else gives the image its data, it stays his.
func TestDataOfSomebodyElse(t *testing.T) {
	c := newCached(t)
	answer, page := http.StatusConflict, ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, page, answer) }))
	defer s.Close()
	var err error
	c.api.Upstream, err = glanceapi.New(s.URL)
	ruletest.Must(t, err)
	c.api.CopyFrom = true
	for _, source := range []string{"x-glance-api-copy-from: http://192.0.2.1/x", "x-image-meta-location: http://192.0.2.1/x"} {
		path := c.queued(t)
		c.call(t, 409, http.MethodPut, path, source)
		if got := c.status(t, path); got != records.StatusQueued {
			t.Errorf("%s: the image is %s", source, got)
		}
	}
	for _, refusal := range []struct {
		status int
		page   string
		want   int
		leaves string
	}{
		{409, "", 409, records.StatusQueued},
		{410, "Image x could not be found after upload. The image may have been deleted during the upload: y", 412, records.StatusQueued},
		{410, "Error in store configuration. Adding images to store is disabled.", 410, records.StatusKilled},
		{403, "Forbidden", 403, records.StatusKilled},
		{502, "Bad Gateway", 503, records.StatusKilled},
	} {
		answer, page = refusal.status, refusal.page
		path := c.queued(t)
		c.send(t, refusal.want, http.MethodPut, path, "data", "Content-Type: application/octet-stream")
		if got := c.status(t, path); got != refusal.leaves {
			t.Errorf("after %d %s the image is %s", refusal.status, refusal.page, got)
		}
	}
}
