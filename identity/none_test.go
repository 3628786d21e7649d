package identity

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/registry/access"
)

func TestNone(t *testing.T) {
	r := httptest.NewRequest("GET", "http://127.0.0.1:9191/images", nil)
	r.Header.Set("X-User-Id", "u")
	r.Header.Set("X-Roles", "member")
	r.Header.Set("X-Openstack-Request-Id", "req-mine")
	caller, err := new(None).Identify(r)
	if err != nil {
		t.Fatal(err)
	}
	if !generatedID.MatchString(caller.RequestID) {
		t.Errorf("request id %q", caller.RequestID)
	}
	caller.RequestID = ""
	if want := (access.Caller{Admin: true, Trusted: true}); !reflect.DeepEqual(caller, want) {
		t.Errorf("%+v, want %+v", caller, want)
	}
}

func TestNoneOfOthers(t *testing.T) {
	none := &None{Names: []string{"controller", "registry.internal"}}
	for _, row := range []struct {
		peer, host, field string
		served            bool
	}{
		{"127.0.0.1:1", "127.0.0.1:9191", "", true},
		{"127.0.0.1:1", "127.0.1.1", "", true},
		{"[::1]:1", "[::1]:9191", "", true},
		{"127.0.0.1:1", "[::1]", "", true},
		{"127.0.0.1:1", "[::ffff:127.0.0.1]:9191", "", true},
		{"127.0.0.1:1", "localhost:9191", "", true},
		{"127.0.0.1:1", "LocalHost.", "", true},
		{"127.0.0.1:1", "Controller:9191", "", true},
		{"127.0.0.1:1", "registry.internal", "", true},
		{"127.0.0.1:1", "", "", true},
		{"@", "anything", "", true},
		{"127.0.0.1:1", "attacker.example", "", false},
		{"127.0.0.1:1", "attacker.example:9191", "", false},
		{"127.0.0.1:1", "127.0.0.1.attacker.example", "", false},
		{"127.0.0.1:1", "localhost.attacker.example", "", false},
		{"127.0.0.1:1", "192.0.2.1:9191", "", false},
		{"127.0.0.1:1", "0.0.0.0:9191", "", false},
		{"127.0.0.1:1", "localhost", "Origin: http://attacker.example", false},
		{"127.0.0.1:1", "localhost", "Origin: null", false},
		{"127.0.0.1:1", "localhost", "X-Forwarded-For: 192.0.2.1", false},
		{"127.0.0.1:1", "localhost", "X-Forwarded-Host: glance", false},
		{"127.0.0.1:1", "localhost", "X-Forwarded-Proto: https", false},
		{"127.0.0.1:1", "localhost", "X-Real-IP: 192.0.2.1", false},
		{"127.0.0.1:1", "localhost", "Forwarded: for=192.0.2.1", false},
		{"127.0.0.1:1", "localhost", "Via: 1.1 proxy", false},
		{"@", "localhost", "Via: 1.1 proxy", false},
	} {
		r := httptest.NewRequest("POST", "/rpc", nil)
		r.RemoteAddr, r.Host = row.peer, row.host
		if name, value, found := strings.Cut(row.field, ": "); found {
			r.Header.Set(name, value)
		}
		_, err := none.Identify(r)
		if row.served != (err == nil) {
			t.Errorf("%+v: %v", row, err)
		}
		if !row.served && (refusal(t, err).Status != http.StatusForbidden || !errors.Is(err, ErrPeer)) {
			t.Errorf("%+v: %v", row, err)
		}
		if _, err := (&None{Unsafe: true}).Identify(r); err != nil {
			t.Errorf("unsafe, %+v: %v", row, err)
		}
	}
}
