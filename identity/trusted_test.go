package identity

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// request comes from loopback. Its fields are written "Name: value".
func request(fields ...string) *http.Request {
	r := httptest.NewRequest("GET", "/images", nil)
	r.RemoteAddr = "127.0.0.1:4711"
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ":")
		r.Header.Add(name, strings.TrimSpace(value))
	}
	return r
}

func confirmed(fields ...string) *http.Request {
	return request(append(fields, "X-Identity-Status: Confirmed")...)
}

func standard() *Trusted {
	return &Trusted{FromDefault: true, Rules: Rules{AdminRole: "admin", OwnerIsTenant: true, MaxRequestID: 64}}
}

var owned = records.NullOf[string]

func TestTrustedCaller(t *testing.T) {
	none := records.Null[string]{}
	tests := []struct {
		name   string
		fields []string
		change func(*Trusted)
		want   access.Caller
	}{
		{
			name:   "as glance-api sends them",
			fields: []string{"X-User-Id: u", "X-Tenant-Id: p", "X-Roles: member,reader", "X-Service-Catalog: null"},
			want:   access.Caller{User: "u", Project: "p", Owner: owned("p"), Roles: []string{"member", "reader"}},
		},
		{
			name:   "project before tenant",
			fields: []string{"X-User-Id: u", "X-Project-Id: p", "X-Tenant-Id: t", "X-Tenant: n"},
			want:   access.Caller{User: "u", Project: "p", Owner: owned("p")},
		},
		{
			name:   "old names",
			fields: []string{"X-User: u", "X-Tenant: t", "X-Role: Admin"},
			want: access.Caller{
				User: "u", Project: "t", Owner: owned("t"), Roles: []string{"admin"}, Admin: true, Trusted: true,
			},
		},
		{
			name:   "an empty field hides its older names",
			fields: []string{"X-User-Id:", "X-User: u", "X-Project-Id:", "X-Tenant-Id: t", "X-Roles:", "X-Role: admin"},
			want:   access.Caller{Owner: owned("")},
		},
		{
			name:   "no project",
			fields: []string{"X-User-Id: u", "X-Roles: member"},
			want:   access.Caller{User: "u", Owner: none, Roles: []string{"member"}},
		},
		{
			name:   "the owner is the user",
			fields: []string{"X-User-Id: u", "X-Project-Id: p"},
			change: func(t *Trusted) { t.OwnerIsTenant = false },
			want:   access.Caller{User: "u", Project: "p", Owner: owned("u")},
		},
		{
			name:   "the owner is the user, who is missing",
			fields: []string{"X-Project-Id: p"},
			change: func(t *Trusted) { t.OwnerIsTenant = false },
			want:   access.Caller{Project: "p", Owner: none},
		},
		{
			name:   "an admin in odd case",
			fields: []string{"X-Roles: x, AdMiN"},
			want:   access.Caller{Roles: []string{"x", "admin"}, Admin: true, Trusted: true},
		},
		{
			name:   "not quite an admin",
			fields: []string{"X-Roles: administrator,admi,ADMİN"},
			want:   access.Caller{Roles: []string{"administrator", "admi", "admİn"}},
		},
		{
			name:   "the role of the configuration",
			fields: []string{"X-Roles: Boss"},
			change: func(t *Trusted) { t.AdminRole = " bOSS " },
			want:   access.Caller{Roles: []string{"boss"}, Admin: true, Trusted: true},
		},
		{
			name:   "the role of the policy beside it",
			fields: []string{"X-Roles: admin"},
			change: func(t *Trusted) { t.AdminRole = "boss" },
			want:   access.Caller{Roles: []string{"admin"}, Admin: true, Trusted: true},
		},
		{
			name:   "an empty role is nobody's",
			fields: []string{"X-Roles: a,,"},
			change: func(t *Trusted) { t.AdminRole = " " },
			want:   access.Caller{Roles: []string{"a"}},
		},
		{
			name:   "a service",
			fields: []string{"X-Roles: member,Service"},
			want:   access.Caller{Roles: []string{"member", "service"}, Trusted: true},
		},
		{
			name:   "a peer that the configuration names",
			fields: []string{"X-Roles: member"},
			change: func(t *Trusted) { t.Peers.From = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} },
			want:   access.Caller{Roles: []string{"member"}, Trusted: true},
		},
		{
			name:   "two projects are neither",
			fields: []string{"X-Project-Id: a", "X-Project-Id: b"},
			want:   access.Caller{Project: "a,b", Owner: owned("a,b")},
		},
		{
			name:   "a role more in a second field",
			fields: []string{"X-Roles: member", "X-Roles: service"},
			want:   access.Caller{Roles: []string{"member", "service"}, Trusted: true},
		},
		{
			name:   "fields that say nothing",
			fields: []string{"X-Is-Admin-Project: True", "OpenStack-System-Scope: all", "X-Project-Name: p", "X-User-Name: u"},
			want:   access.Caller{},
		},
		{
			name:   "a catalog",
			fields: []string{`X-Service-Catalog: [{"type": "image"}]`},
			want:   access.Caller{},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			trusted := standard()
			if tt.change != nil {
				tt.change(trusted)
			}
			got, err := trusted.Identify(confirmed(tt.fields...))
			if err != nil {
				t.Fatal(err)
			}
			if !generatedID.MatchString(got.RequestID) {
				t.Errorf("request id %q", got.RequestID)
			}
			got.RequestID = ""
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("\n got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestTrustedGate(t *testing.T) {
	for _, fields := range [][]string{
		{},
		{"X-User-Id: u", "X-Roles: admin"},
		{"X-Identity-Status:", "X-Roles: admin"},
		{"X-Identity-Status: confirmed", "X-Roles: admin"},
		{"X-Identity-Status: Invalid", "X-Roles: admin"},
		{"X-Identity-Status: Confirmed", "X-Identity-Status: Invalid", "X-Roles: admin"},
		{"X-Service-Identity-Status: Confirmed", "X-Roles: admin"},
	} {
		fields = append(fields, "X-Openstack-Request-Id: mine")
		trusted := standard()
		_, err := trusted.Identify(request(fields...))
		if got := refusal(t, err); got.Status != http.StatusUnauthorized || got.Detail != "" || errors.Is(err, ErrPeer) {
			t.Errorf("%q: %v", fields, err)
		}

		trusted.AllowAnonymous = true
		caller, err := trusted.Identify(request(fields...))
		if err != nil || !generatedID.MatchString(caller.RequestID) {
			t.Errorf("%q: request id %q, error %v", fields, caller.RequestID, err)
		}
		caller.RequestID = ""
		if want := (access.Caller{ReadOnly: true}); !reflect.DeepEqual(caller, want) {
			t.Errorf("%q: %+v, want %+v", fields, caller, want)
		}
	}
}

func TestTrustedRequestID(t *testing.T) {
	for sent, want := range map[string]string{
		"req-mine":              "req-mine",
		"mine":                  "mine",
		strings.Repeat("r", 64): strings.Repeat("r", 64),
	} {
		caller, err := standard().Identify(confirmed("X-Openstack-Request-ID: " + sent))
		if err != nil || caller.RequestID != want {
			t.Errorf("%q: %q, %v", sent, caller.RequestID, err)
		}
	}
	caller, err := standard().Identify(confirmed("X-Openstack-Request-ID:"))
	if err != nil || !generatedID.MatchString(caller.RequestID) {
		t.Errorf("empty: %q, %v", caller.RequestID, err)
	}
	unlimited := standard()
	unlimited.MaxRequestID = 0
	if _, err := unlimited.Identify(confirmed("X-Openstack-Request-ID: " + strings.Repeat("r", 1000))); err != nil {
		t.Errorf("no limit: %v", err)
	}
}

func TestTrustedRefuses(t *testing.T) {
	tests := []struct {
		field  string
		status int
		texts  []string
	}{
		{"X-Service-Catalog: {nope", 400, []string{"Invalid service catalog json.", "X-Service-Catalog"}},
		{"X-Service-Catalog:", 400, []string{"Invalid service catalog json."}},
		{"X-Openstack-Request-ID: " + strings.Repeat("r", 65), 431, []string{"X-Openstack-Request-Id", "65", "64"}},
		{"X-Project-Id: \xff", 400, []string{"X-Project-Id", "UTF-8"}},
		{"X-User: \xff", 400, []string{"X-User", "UTF-8"}},
	}
	for _, tt := range tests {
		_, err := standard().Identify(confirmed(tt.field))
		got := refusal(t, err)
		if got.Status != tt.status || errors.Is(err, ErrPeer) {
			t.Errorf("%q: %v", tt.field, err)
		}
		for _, text := range tt.texts {
			if !strings.Contains(got.Detail, text) {
				t.Errorf("%q: %q does not say %q", tt.field, got.Detail, text)
			}
		}
	}
}

func refusal(t *testing.T, err error) *httperror.Error {
	t.Helper()
	var page *httperror.Error
	if !errors.As(err, &page) {
		t.Fatalf("the error is %v, which is no page", err)
	}
	return page
}

func BenchmarkTrusted(b *testing.B) {
	r := confirmed("X-User-Id: 9f2a1bcb6f714ba4a5ee3a3fb5cb9d8a", "X-Tenant-Id: 5e1a2c0e0bd34c5c9c9f1a1f2a9f6d11",
		"X-Roles: member,reader", "X-Service-Catalog: null", "X-Openstack-Request-ID: req-5f1a2c0e-0bd3-4c5c-9c9f-1a1f2a9f6d11",
		"Accept-Encoding: identity", "Content-Type: application/json")
	for name, trusted := range map[string]*Trusted{
		"default": standard(),
		"from": {
			Peers: Peers{From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}},
			Rules: Rules{OwnerIsTenant: true},
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := trusted.Identify(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
