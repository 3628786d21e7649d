package keystone

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/internal/httperror"
)

func requestWith(fields map[string]string) *http.Request {
	r := httptest.NewRequest("GET", "/images", nil)
	for name, value := range fields {
		r.Header.Set(name, value)
	}
	return r
}

// What a client says about itself is gone before anything looks at it.
func TestIdentifyRemovesIdentityHeaders(t *testing.T) {
	s := newScript(t)
	i := &Identifier{Validator: s.validator(t), Rules: identity.Rules{OwnerIsTenant: true}}
	for _, token := range []string{"token", ""} {
		r := requestWith(map[string]string{
			"X-Auth-Token": token, "X-Roles": "admin", "X-Identity-Status": "Confirmed", "X-Tenant-Id": "forged", "X-Service-Roles": "service",
			"X_Roles": "admin", "X-Openstack-Request-Id": "req-mine",
		})
		caller, err := i.Identify(r)
		if (err == nil) != (token != "") {
			t.Errorf("%q: %v", token, err)
		}
		if err == nil && (caller.Admin || caller.Owner.V != "p" || caller.RequestID != "req-mine") {
			t.Errorf("got %+v", caller)
		}
		for name := range r.Header {
			if name != "X-Auth-Token" && name != "X-Openstack-Request-Id" {
				t.Errorf("%q: %s is left", token, name)
			}
		}
	}
}

// Where peers are named, Keystone is not asked for others, and location URLs are
// taken from those named.
func TestIdentifyPeers(t *testing.T) {
	s := newScript(t)
	i := &Identifier{Validator: s.validator(t), Peers: identity.Peers{From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	r := requestWith(map[string]string{"X-Auth-Token": "token"})
	_, err := i.Identify(r)
	var page *httperror.Error
	if !errors.As(err, &page) || page.Status != http.StatusForbidden || !errors.Is(err, identity.ErrPeer) || s.asked.Load() > 0 {
		t.Errorf("got %v, Keystone was asked %d times", err, s.asked.Load())
	}
	r.RemoteAddr = "10.1.2.3:4711"
	if caller, err := i.Identify(r); err != nil || !caller.Trusted {
		t.Errorf("got %+v, %v", caller, err)
	}
	i.Peers = identity.Peers{}
	if caller, err := i.Identify(r); err != nil || caller.Trusted {
		t.Errorf("nobody is named: got %+v, %v", caller, err)
	}
	i.ServiceRoles = []string{"Member"}
	r.Header.Set("X-Service-Token", "service")
	if caller, err := i.Identify(r); err != nil || !caller.Trusted {
		t.Errorf("a service vouches: got %+v, %v", caller, err)
	}
}
