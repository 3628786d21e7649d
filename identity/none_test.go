package identity

import (
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/glancegate/glancegate/registry"
)

func TestNone(t *testing.T) {
	r := httptest.NewRequest("GET", "/images", nil)
	r.Header.Set("X-User-Id", "u")
	r.Header.Set("X-Roles", "member")
	r.Header.Set("X-Openstack-Request-Id", "req-mine")
	caller, err := None{}.Identify(r)
	if err != nil {
		t.Fatal(err)
	}
	if !generatedID.MatchString(caller.RequestID) {
		t.Errorf("request id %q", caller.RequestID)
	}
	caller.RequestID = ""
	if want := (registry.Caller{Admin: true, Trusted: true}); !reflect.DeepEqual(caller, want) {
		t.Errorf("%+v, want %+v", caller, want)
	}
}
