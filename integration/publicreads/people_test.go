package publicreads

import "github.com/glancegate/glancegate/integration/keystonetest"

// person is an identity that sends requests.
type person struct {
	name    string
	token   string
	project string
	fields  []string // of its requests
}

// people are all kinds of identities. The owner's images are shared with the
// members, whose names say what became of that.
type people struct {
	known  []person // whose answers may be kept
	others []person

	admin, owner, accepted, pending, rejected *keystonetest.User

	tokens map[*keystonetest.User]string
}

func newPeople(c *cloud) *people {
	p := &people{tokens: map[*keystonetest.User]string{}}
	join := func(name string, user *keystonetest.User, fields ...string) {
		token := user.Token(c.t)
		p.known = append(p.known, person{name, token, user.Project, fields})
		p.tokens[user] = token
	}
	user := func(name string, roles ...string) *keystonetest.User {
		u := c.Keystone.User(c.t, roles...)
		join(name, u)
		return u
	}
	p.admin = user("admin", "admin")
	p.owner = user("owner", "member")
	p.accepted = user("accepted member", "member")
	p.pending = user("pending member", "member")
	p.rejected = user("rejected member", "member")
	user("stranger", "member")
	user("reader", "reader")
	join("another domain", c.Keystone.UserOfDomain(c.t, "member"))
	join("reader in the owner's project", c.Keystone.UserIn(c.t, p.owner.Project, p.owner.ProjectName, "reader"))
	service := "X-Service-Token: " + c.Keystone.User(c.t, "service").Token(c.t)
	join("owner with a service", p.owner, service)
	join("accepted member with a service", p.accepted, service)

	p.others = []person{
		{name: "owner with an unfit service", token: p.tokens[p.owner], fields: []string{"X-Service-Token: " + p.tokens[p.pending]}},
		{name: "owner without a scope", token: p.owner.UnscopedToken(c.t)},
		{name: "nobody"},
		{name: "a liar", token: "gAAAAABmade-up"},
	}
	return p
}
