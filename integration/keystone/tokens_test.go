package keystone

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/keystonetest"
)

// A token says who its bearer is; other tokens are none.
func TestTokens(t *testing.T) {
	cloud := keystonetest.New(t)
	g := start(t, cloud, cloud.URL, "")
	member, other, admin := cloud.User(t, "member"), cloud.User(t, "member"), cloud.User(t, "admin")
	token := member.Token(t)

	const id = "5f0c5c1e-6b0e-4a43-9a38-1d8f5d6c2b11"
	g.send("POST", "/images", `{"image": {"id": "`+id+`", "name": "mine", "status": "queued"}}`, "X-Auth-Token: "+token).expect(t, "create", 200)
	show := func(headers ...string) answer { return g.send("GET", "/images/"+id, "", headers...) }

	if a := show("X-Auth-Token: "+token).expect(t, "its owner", 200); a.owner(t) != member.Project {
		t.Errorf("the owner is %s, want %s", a.owner(t), member.Project)
	}
	show("X-Storage-Token: "+token).expect(t, "in the older field", 200)
	show("X-Auth-Token:  "+token+" ").expect(t, "with blanks", 200)
	show("X-Auth-Token: "+cloud.UserIn(t, member.Project, member.ProjectName, "reader").Token(t)).expect(t, "another user of the project", 200)
	show("X-Auth-Token: "+other.Token(t)).expect(t, "another project", 404)
	show("X-Auth-Token: "+admin.Token(t)).expect(t, "an admin of another project", 200)

	show().expect(t, "no token", 401)
	show("X-Auth-Token: nonsense").expect(t, "no token of this cloud", 401)
	show("X-Auth-Token: "+token, "X-Auth-Token: "+token).expect(t, "two tokens", 401)
	show("X-Auth-Token: "+token[:len(token)-2]).expect(t, "a cut token", 401)
}

func TestUnscopedToken(t *testing.T) {
	cloud := keystonetest.New(t)
	g := start(t, cloud, cloud.URL, "")
	token := cloud.User(t, "member").UnscopedToken(t)
	g.get(token).expect(t, "list", 200)
	// Who has no project shares nothing, in the words of the registry itself.
	a := g.send("PUT", "/images/00000001-9b1e-4c1a-8f6e-3d2c5a700001/members/x", "", "X-Auth-Token: "+token).expect(t, "share", 401)
	if got, want := a.Header.Get("Www-Authenticate"), `Keystone uri="`+cloud.URL+`"`; got != want {
		t.Errorf("WWW-Authenticate: %q, want %q", got, want)
	}
}

// Credentials with rules about requests are for services that know these rules.
func TestTokenOfAnApplicationCredential(t *testing.T) {
	cloud := keystonetest.New(t)
	g := start(t, cloud, cloud.URL, "")
	user := cloud.User(t, "member")
	id, secret := user.ApplicationCredential(t, nil)
	g.get(cloud.CredentialToken(t, id, secret)).expect(t, "without rules", 200)
	rules := []map[string]string{{"service": "image", "method": "GET", "path": "/v2/images"}}
	id, secret = user.ApplicationCredential(t, map[string]any{"access_rules": rules})
	g.get(cloud.CredentialToken(t, id, secret)).expect(t, "with rules", 401)
}

func TestRevokedToken(t *testing.T) {
	cloud := keystonetest.New(t)
	g := start(t, cloud, cloud.URL, "token_cache_time 0")
	user := cloud.User(t, "member")
	token := user.Token(t)
	g.get(token).expect(t, "before", 200)
	cloud.Revoke(t, token)
	g.get(token).expect(t, "revoked", 401)

	token = user.Token(t)
	g.get(token).expect(t, "a new one", 200)
	cloud.Disable(t, user)
	g.get(token).expect(t, "of a user who is disabled", 401)
}

// A remembered token still ends when it expires.
func TestExpiredToken(t *testing.T) {
	cloud := keystonetest.New(t)
	front := newFront(t, cloud)
	g := start(t, cloud, front.url, "")
	user := cloud.User(t, "member")
	token := user.ExpiringToken(t)
	// On a busy machine its time may be over before the first request.
	for n := 0; g.get(token).StatusCode != 200; n++ {
		if n == 20 {
			t.Fatal("no token was valid for long enough")
		}
		token = user.ExpiringToken(t)
	}
	awaitExpiry(t, cloud, token)
	g.get(token).expect(t, "expired", 401)
	_, before := front.seen()
	g.get(token).expect(t, "expired, again", 401)
	if _, after := front.seen(); after != before {
		t.Errorf("Keystone was asked %d times more about a token that it had refused", after-before)
	}
}

// What glance-api sends to registry v2.
func TestRPCWithNothingButAToken(t *testing.T) {
	cloud := keystonetest.New(t)
	g := start(t, cloud, cloud.URL, "")
	const call = `[{"command": "image_get", "kwargs": {"image_id": "00000001-9b1e-4c1a-8f6e-3d2c5a700001"}}]`
	a := g.send("POST", "/rpc", call, "X-Auth-Token: "+cloud.User(t, "member").Token(t), "Content-Type: application/json").expect(t, "rpc", 200)
	if !a.contains(`"name": "cirros-0.6.2-x86_64-disk"`) {
		t.Errorf("got %s", a.text)
	}
	g.send("POST", "/rpc", call).expect(t, "rpc without a token", 401)
}

// Headers with an identity count for nothing, with a token and without one.
func TestIdentityHeadersAreIgnored(t *testing.T) {
	cloud := keystonetest.New(t)
	g := start(t, cloud, cloud.URL, "")
	forged := []string{
		"X-Identity-Status: Confirmed", "X-Roles: admin", "X-Role: admin", "X-Tenant-Id: forged", "X-Project-Id: forged", "X-Tenant: forged",
		"X-User-Id: forged", "X-Service-Roles: service", "X-Service-Identity-Status: Confirmed", "X-Service-Catalog: {no JSON",
	}
	g.send("GET", "/images", "", forged...).expect(t, "no token", 401)
	g.get("nonsense", forged...).expect(t, "no valid token", 401)

	user := cloud.User(t, "member")
	a := g.send("POST", "/images", `{"image": {"status": "queued"}}`, append(forged, "X-Auth-Token: "+user.Token(t))...).expect(t, "create", 200)
	if a.owner(t) != user.Project {
		t.Errorf("the owner is %s, want %s", a.owner(t), user.Project)
	}
	private := func(token string) answer {
		return g.send("GET", "/images/0000000c-9b1e-4c1a-8f6e-3d2c5a70000c", "", append(forged, "X-Auth-Token: "+token)...)
	}
	private(user.Token(t)).expect(t, "a private image of another project", 404)
	private(cloud.User(t, "admin").Token(t)).expect(t, "the same for an admin", 200)
}

// Every way for the service user to log in.
func TestLogins(t *testing.T) {
	cloud := keystonetest.New(t)
	service := cloud.User(t, "service")
	id, secret := service.ApplicationCredential(t, nil)
	token := cloud.User(t, "member").Token(t)
	for name, options := range map[string]string{
		"names": fmt.Sprintf("auth_url %s/v3\nauth_type v3password\nusername %s\nuser_domain_name Default\npassword %q\nproject_name %s\nproject_domain_id default",
			cloud.URL, service.Name, service.Password, service.ProjectName),
		"ids": fmt.Sprintf("auth_url %s/\nuser_id %s\npassword %q\nproject_id %s", cloud.URL, service.ID, service.Password, service.Project),
		"one domain": fmt.Sprintf("auth_url %s\nusername %s\npassword %q\nproject_name %s\ndefault_domain_name Default",
			cloud.URL, service.Name, service.Password, service.ProjectName),
		"application credential": fmt.Sprintf("auth_url %s\nauth_type v3applicationcredential\napplication_credential_id %s\napplication_credential_secret %s",
			cloud.URL, id, secret),
		"names of v2.0": fmt.Sprintf("identity_uri %s/v2.0\nadmin_user %s\nadmin_password %q\nadmin_tenant_name %s",
			cloud.URL, service.Name, service.Password, service.ProjectName),
		"a token": fmt.Sprintf("identity_uri %s\nadmin_token %s", cloud.URL, service.Token(t)),
	} {
		t.Run(name, func(t *testing.T) {
			g := &gateway{t: t, cloud: cloud}
			g.url = integration.StartGateway(t, fmt.Sprintf("glance_registry {\ndatabase sqlite:///%s/glance.sqlite\ndemo\nidentity keystone {\n%s\n}\n}\n",
				t.TempDir(), options))
			g.get(token).expect(t, "valid", 200)
			g.get("nonsense").expect(t, "invalid", 401)
		})
	}
}

// A service vouches for the token of a user that expired during a long upload.
func TestServiceToken(t *testing.T) {
	cloud := keystonetest.New(t)
	g := start(t, cloud, cloud.URL, "service_token_roles service image_service")
	user, nova, member := cloud.User(t, "member"), cloud.User(t, "image_service"), cloud.User(t, "member")
	fresh, expired := user.Token(t), user.ExpiringToken(t)
	awaitExpiry(t, cloud, expired)
	asService := func(u *keystonetest.User) string { return "X-Service-Token: " + u.Token(t) }

	g.get(expired).expect(t, "expired", 401)
	const create = `{"image": {"status": "queued"}}`
	a := g.send("POST", "/images", create, "X-Auth-Token: "+expired, asService(nova)).expect(t, "expired, of a service", 200)
	if a.owner(t) != user.Project {
		t.Errorf("the owner is %s, want the project of the user, %s", a.owner(t), user.Project)
	}
	g.get(expired).expect(t, "expired, again without the service", 401)
	g.get(expired, asService(member)).expect(t, "expired, and vouched for by no service", 401)
	g.get(expired, "X-Service-Token: nonsense").expect(t, "expired, and vouched for by nobody", 401)

	g.get(fresh, asService(nova)).expect(t, "of a service", 200)
	g.get(fresh, asService(member)).expect(t, "the second token is of no service", 200)
	g.get(fresh, "X-Service-Token: nonsense").expect(t, "the second token is none", 401)
	g.get("nonsense", asService(nova)).expect(t, "a service vouches for no token", 401)
	g.get("", asService(nova)).expect(t, "a service without a user", 401)

	cloud.Disable(t, user)
	g.get(expired, asService(nova)).expect(t, "expired, of a user who is disabled", 401)
}

func TestServiceTokenRolesRequired(t *testing.T) {
	cloud := keystonetest.New(t)
	g := start(t, cloud, cloud.URL, "service_token_roles_required")
	token := cloud.User(t, "member").Token(t)
	g.get(token, "X-Service-Token: "+cloud.User(t, "service").Token(t)).expect(t, "of a service", 200)
	g.get(token, "X-Service-Token: "+cloud.User(t, "member").Token(t)).expect(t, "of no service", 401)
	g.get(token).expect(t, "of nobody", 200)
}
