package imagesv1

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

func TestMatch(t *testing.T) {
	const v1, v9 = "application/vnd.openstack.images-v1.1", "application/vnd.openstack.images-v9"
	for _, c := range []struct {
		method, path, accept string
		name                 string // empty: it is not claimed
	}{
		{"GET", "/v1", "", "imagesv1.none"},
		{"GET", "/v1/", "", "imagesv1.list"},
		{"PUT", "/v1.1/", "", "imagesv1.list"},
		{"GET", "/v1.0/images", "", "imagesv1.list"},
		{"GET", "//v1/images", "", "imagesv1.list"},
		{"GET", "/v1/images/", "", "imagesv1.none"},
		{"HEAD", "/v1/images/x", "", "imagesv1.head"},
		{"PATCH", "/v1/images/x", "", "imagesv1.image"},
		{"PUT", "/v1/images/x/members/y", "", "imagesv1.member_add"},
		{"GET", "/v1/images/x/members/y/z", "", "imagesv1.none"},
		{"GET", "/v1/images", v1, "imagesv1.none"},
		{"GET", "/v1/images", v9, "imagesv1.versions"},
		{"GET", "/images", v1, "imagesv1.list"},
		{"GET", "/images", "", ""},
		{"GET", "/", "", "imagesv1.versions"},
		{"GET", "/versions", "", "imagesv1.versions"},
		{"GET", "/v1.2/images", "", "imagesv1.versions"},
		{"GET", "/v2/images", "", ""},
		{"GET", "/v2.9/images", v1, ""},
		{"GET", "/vendor/x", "", ""},
	} {
		r := httptest.NewRequest(c.method, "http://gateway/", nil)
		r.URL.Path = c.path
		if c.accept != "" {
			r.Header = http.Header{"Accept": {c.accept}}
		}
		route, claimed := Match(r)
		if claimed != (c.name != "") || claimed && route.Name() != c.name {
			t.Errorf("%s %s, %s: %q, %v", c.method, c.path, c.accept, route.Name(), claimed)
		}
		if claimed && !slices.Contains(RouteNames(), route.Name()) {
			t.Errorf("%s is not among the names", route.Name())
		}
	}
}
