package keystone

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

const answered = `{"token": {"methods": ["password"], "expires_at": "2026-11-24T22:44:28.000000Z", "issued_at": "2026-11-24T21:44:28.000000Z",
	"user": {"domain": {"id": "default", "name": "Default"}, "id": "u", "name": "user", "password_expires_at": null},
	"project": {"domain": {"id": "default", "name": "Default"}, "id": "p", "name": "project"},
	"roles": [{"id": "1", "name": "Member"}, {"id": "2", "name": "a,admin"}]}}`

func TestParseToken(t *testing.T) {
	token, err := parseToken([]byte(answered))
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 24, 22, 44, 28, 0, time.UTC); !token.Expires.Equal(want) {
		t.Errorf("expires %v", token.Expires)
	}
	// A comma in the name of a role makes no second one, as it did in a header.
	want := identity.Claims{
		User: records.NullOf("u"), Project: records.NullOf("p"), Roles: []string{"member", "a,admin"},
		Scope: access.Scope{UserDomain: records.NullOf("default"), ProjectDomain: records.NullOf("default")},
	}
	if got := token.claims(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !token.hasRole([]string{"x", "Member"}) || token.hasRole([]string{"member"}) || token.hasRole(nil) {
		t.Error("roles of services are compared exactly")
	}

	for scope, want := range map[string]identity.Claims{
		`"domain": {"id": "d", "name": "D"}`:                             {Scope: access.Scope{Domain: records.NullOf("d")}},
		`"system": {"all": true}`:                                        {Scope: access.Scope{SystemScope: records.NullOf("all")}},
		`"project": {"id": "p", "name": "P"}, "is_admin_project": false`: {Project: records.NullOf("p"), Scope: access.Scope{NoAdminProject: true}},
		`"project": {"id": "p", "name": "P"}, "is_admin_project": true`:  {Project: records.NullOf("p")},
	} {
		token, err := parseToken([]byte(`{"token": {"expires_at": "2026-11-24T22:44:28Z", "user": {"id": "u"}, ` + scope + `}}`))
		if err != nil {
			t.Fatal(err)
		}
		want.User, want.Roles = records.NullOf("u"), []string{}
		if got := token.claims(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", scope, got, want)
		}
	}

	unscoped, err := parseToken([]byte(`{"token": {"expires_at": "2026-11-24T22:44:28Z", "user": {"id": "u"}, "project": null}}`))
	if err != nil || unscoped.claims().Project.Valid || len(unscoped.claims().Roles) > 0 {
		t.Errorf("unscoped: %+v, %v", unscoped, err)
	}
}

func TestParseTokenRefuses(t *testing.T) {
	for _, body := range []string{
		"", "null", "[]", "{}", `{"token": null}`, `{"token": {}}`, `<html>`,
		strings.Replace(answered, `"id": "u"`, `"id": ""`, 1),
		strings.Replace(answered, `"id": "u"`, `"id": 1`, 1),
		strings.Replace(answered, `"id": "p"`, `"id": ""`, 1),
		strings.Replace(answered, `"expires_at"`, `"expired_at"`, 1),
		strings.Replace(answered, `2026-11-24T22`, `tomorrow`, 1),
	} {
		if token, err := parseToken([]byte(body)); err == nil {
			t.Errorf("%s: taken for %+v", body, token)
		}
	}
}

func FuzzToken(f *testing.F) {
	f.Add([]byte(answered))
	f.Add([]byte(`{"token": {"expires_at": "2026-11-24T22:44:28Z", "user": {"id": "u"}}}`))
	f.Add([]byte(`{"token": null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		defer kit.Cheap(t, len(body))()
		token, err := parseToken(body)
		if err != nil {
			return
		}
		claims := token.claims()
		if token.Expires.IsZero() || claims.User.V == "" || claims.Project.Valid && claims.Project.V == "" {
			t.Errorf("%q: %+v", body, token)
		}
		if len(claims.Roles) != len(token.Roles) {
			t.Errorf("%q: %d roles became %d", body, len(token.Roles), len(claims.Roles))
		}
	})
}
