package rest

import "testing"

func TestMatch(t *testing.T) {
	for _, row := range []struct{ method, path, name, id, member string }{
		{"GET", "/", "images.index", "", ""},
		{"FOO", "/", "images.index", "", ""},
		{"GET", "/images", "images.index", "", ""},
		{"POST", "/images", "images.create", "", ""},
		{"GET", "/images/detail", "images.detail", "", ""},
		{"PUT", "/images/detail", "images.update", "detail", ""},
		{"GET", "/images/a b", "images.show", "a b", ""},
		{"GET", "/images/x.json", "images.show", "x.json", ""},
		{"DELETE", "/images/x", "images.delete", "x", ""},
		{"GET", "/images/x/members", "members.index", "x", ""},
		{"POST", "/images/x/members", "members.create", "x", ""},
		{"PUT", "/images/x/members", "members.replace", "x", ""},
		{"GET", "/images/x/members/y", "members.show", "x", "y"},
		{"PUT", "/images/x/members/y", "members.update", "x", "y"},
		{"DELETE", "/images/x/members/y", "members.delete", "x", "y"},
		{"OPTIONS", "/shared-images/y", "shared_images", "", "y"},
		{"HEAD", "/images", "", "", ""},
		{"PATCH", "/images/x", "", "", ""},
		{"GET", "/images/", "", "", ""},
		{"GET", "/images/x/", "", "", ""},
		{"GET", "//images", "", "", ""},
		{"GET", "/v1/images", "", "", ""},
		{"GET", "/Images", "", "", ""},
		{"GET", "/images/x/members/y/z", "", "", ""},
		{"GET", "/images//members", "", "", ""},
		{"GET", "", "", "", ""},
		{"GET", "/shared-images/", "", "", ""},
	} {
		got := Match(row.method, row.path)
		if got.Name != row.name || got.id != row.id || got.member != row.member || got.Found() != (row.name != "") {
			t.Errorf("%s %s: %+v", row.method, row.path, got)
		}
	}
}

func TestWritingRoutesExist(t *testing.T) {
	writing := 0
	for _, r := range routes {
		if r.effect == writes {
			writing++
		}
	}
	if writing != 6 {
		t.Errorf("%d routes write, of the protocol's 6", writing)
	}
}
