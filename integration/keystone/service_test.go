package keystone

import (
	"testing"

	"github.com/glancegate/glancegate/integration/keystonetest"
)

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
