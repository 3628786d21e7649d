package identity

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

func TestHeaderNames(t *testing.T) {
	got := names
	for _, want := range []string{
		"X-Identity-Status", "X-Service-Identity-Status",
		"X-User-Id", "X-User-Name", "X-User-Domain-Id", "X-User-Domain-Name",
		"X-Project-Id", "X-Project-Name", "X-Project-Domain-Id", "X-Project-Domain-Name",
		"X-Domain-Id", "X-Domain-Name", "X-Roles", "X-Is-Admin-Project", "X-Service-Catalog",
		"X-Tenant-Id", "X-Tenant-Name", "X-Tenant", "X-User", "X-Role",
		"X-Service-User-Id", "X-Service-User-Name", "X-Service-User-Domain-Id", "X-Service-User-Domain-Name",
		"X-Service-Project-Id", "X-Service-Project-Name", "X-Service-Project-Domain-Id", "X-Service-Project-Domain-Name",
		"X-Service-Domain-Id", "X-Service-Domain-Name", "X-Service-Roles",
		"Openstack-System-Scope",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, name := range got {
		if name != http.CanonicalHeaderKey(name) {
			t.Errorf("%s is not canonical", name)
		}
	}
	for _, name := range []string{"X-Auth-Token", "X-Service-Token", "X-Storage-Token", "X-Openstack-Request-Id", "Authorization"} {
		if slices.Contains(got, name) {
			t.Errorf("%s is no part of an identity", name)
		}
	}
}

func TestStripHeaders(t *testing.T) {
	h := http.Header{
		"X-Auth-Token":           {"t"},
		"X-Openstack-Request-Id": {"req-1"},
		"X-Rolex":                {"a watch"},
		"Accept":                 {"*/*"},
	}
	kept := maps.Clone(h)
	for _, name := range names {
		h[name] = []string{"x"}
	}
	for _, name := range []string{
		"x-roles", "X_Roles", "X-User_Id", "x_service_project_domain_name", "X-IDENTITY-STATUS", "X.Project.Id",
		"OpenStack-System-Scope",
	} {
		h[name] = []string{"x"}
	}
	StripHeaders(h)
	if !maps.EqualFunc(h, kept, slices.Equal) {
		t.Errorf("left: %v", h)
	}
}

func FuzzStripHeaders(f *testing.F) {
	for _, name := range []string{"X-Roles", "x_roles", "X-Auth-Token", "", "X-Service-Project-Domain-Name-", "é"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		defer kit.Cheap(t, len(name))()
		h := http.Header{name: {"x"}}
		StripHeaders(h)
		like := strings.NewReplacer("_", "-", ".", "-").Replace(name)
		part := slices.ContainsFunc(names, func(n string) bool {
			return len(n) == len(like) && strings.EqualFold(n, like)
		})
		if _, left := h[name]; left == part {
			t.Errorf("%q: stripped %v, want %v", name, !left, part)
		}
	})
}
