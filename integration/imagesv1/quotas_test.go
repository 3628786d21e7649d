package imagesv1

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// boundedSite is a site whose quotas are small, beside the other one.
func (p *place) boundedSite() string {
	return p.site(p.db, p.glance.BaseURL, "harden", "", "copy_from\nmax_size 5B\nproperty_quota 2\nmember_quota 1\nlocation_quota 0")
}

// quotas lets through what is as large as they allow, and refuses what is larger.
func (p *place) quotas(t *testing.T) {
	b := *p
	b.url = p.bounded
	upload := func(t *testing.T, data io.Reader) answer {
		t.Helper()
		return b.send(t, b.request(t, "POST", "/v1/images", data, withFormats...))
	}
	t.Run("max_size", func(t *testing.T) {
		a := upload(t, strings.NewReader("12345")).expect(t, http.StatusCreated)
		b.status(t, strings.TrimPrefix(a.Header.Get("Location"), b.url), "active")
		upload(t, strings.NewReader("123456")).expect(t, http.StatusBadRequest)
		before := len(p.stored(t))
		upload(t, io.MultiReader(strings.NewReader("123"), strings.NewReader("456"))).expect(t, http.StatusRequestEntityTooLarge) // of unknown length
		if after := len(p.stored(t)); after != before {
			t.Errorf("%d files are stored, where %d were", after, before)
		}
	})
	t.Run("property_quota", func(t *testing.T) {
		path := b.queued(t, "x-image-meta-property-a: 1", "x-image-meta-property-b: 2")
		b.call(t, "POST", "/v1/images", append(withFormats, "x-image-meta-property-a: 1", "x-image-meta-property-b: 2",
			"x-image-meta-property-c: 3")...).expect(t, http.StatusRequestEntityTooLarge)
		b.call(t, "PUT", path, "x-image-meta-property-c: 3", "x-glance-registry-purge-props: false").expect(t, http.StatusRequestEntityTooLarge)
		b.call(t, "PUT", path, "x-image-meta-property-b: 3", "x-glance-registry-purge-props: false").expect(t, http.StatusOK)
	})
	t.Run("member_quota", func(t *testing.T) {
		path := b.queued(t)
		b.call(t, "PUT", path+"/members/"+p.people["other"].Project).expect(t, http.StatusNoContent)
		b.call(t, "PUT", path+"/members/"+p.people["acc"].Project).expect(t, http.StatusRequestEntityTooLarge)
		// One that is a member already counts as well (public-images-api-v1.md, 10).
		b.call(t, "PUT", path+"/members/"+p.people["other"].Project).expect(t, http.StatusRequestEntityTooLarge)
	})
	t.Run("location_quota", func(t *testing.T) {
		for _, header := range []string{"x-image-meta-location", "x-glance-api-copy-from"} {
			a := b.call(t, "POST", "/v1/images", append(withFormats, header+": http://127.0.0.1:1/data")...)
			if a.expect(t, http.StatusRequestEntityTooLarge); !strings.Contains(a.text, "image locations. Attempted: 1, Maximum: 0") {
				t.Errorf("%s: %s", header, a.text)
			}
		}
	})
}
