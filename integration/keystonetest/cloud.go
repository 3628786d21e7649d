// Package keystonetest gives tests users, projects and tokens of a real
// Keystone.
package keystonetest

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"sync/atomic"
	"testing"

	_ "modernc.org/sqlite" // Keystone's database

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// Cloud is a Keystone, as its admin sees it. Tests of a binary share it; what
// they make in it has names of its own.
type Cloud struct {
	URL   string
	admin string // token
}

// count makes names differ.
var count atomic.Int64

// New returns the cloud of this binary. Its TestMain has to be servers.Main.
func New(t testing.TB) *Cloud {
	t.Helper()
	c := &Cloud{URL: servers.NewKeystone(t)}
	c.admin = c.login(t, c.URL, defaultDomain, "admin", servers.KeystonePassword, "admin")
	return c
}

// User is a user with roles in one project.
type User struct {
	ID, Name, Password   string
	Project, ProjectName string

	cloud  *Cloud
	domain string // id of the user's and the project's
}

// Project makes a project and returns its id and its name.
func (c *Cloud) Project(t testing.TB) (id, name string) {
	t.Helper()
	name = fmt.Sprintf("project-%d", count.Add(1))
	return c.projectOf(t, defaultDomain, name), name
}

const defaultDomain = "default"

func (c *Cloud) projectOf(t testing.TB, domain, name string) (id string) {
	t.Helper()
	return c.create(t, "project", map[string]any{"name": name, "domain_id": domain})
}

// UserOfDomain is User in a domain of its own.
func (c *Cloud) UserOfDomain(t testing.TB, roles ...string) *User {
	t.Helper()
	domain := c.create(t, "domain", map[string]any{"name": fmt.Sprintf("domain-%d", count.Add(1))})
	name := fmt.Sprintf("project-%d", count.Add(1))
	return c.userOf(t, domain, c.projectOf(t, domain, name), name, roles...)
}

// User makes a user in a project of its own, with the given roles in it. Roles
// are made if they are missing.
func (c *Cloud) User(t testing.TB, roles ...string) *User {
	t.Helper()
	project, name := c.Project(t)
	return c.UserIn(t, project, name, roles...)
}

// UserIn makes a user with roles in a project.
func (c *Cloud) UserIn(t testing.TB, project, projectName string, roles ...string) *User {
	t.Helper()
	return c.userOf(t, defaultDomain, project, projectName, roles...)
}

func (c *Cloud) userOf(t testing.TB, domain, project, projectName string, roles ...string) *User {
	t.Helper()
	u := &User{
		Name: fmt.Sprintf("user-%d", count.Add(1)), Password: "p@ss word", Project: project, ProjectName: projectName, cloud: c, domain: domain,
	}
	u.ID = c.create(t, "user", map[string]any{"name": u.Name, "password": u.Password, "domain_id": domain})
	for _, role := range roles {
		c.call(t, http.MethodPut, fmt.Sprintf("/v3/projects/%s/users/%s/roles/%s", project, u.ID, c.role(t, role)), nil, nil)
	}
	return u
}

// Token logs the user in to its project and returns a new token.
func (u *User) Token(t testing.TB) string {
	t.Helper()
	return u.cloud.login(t, u.cloud.URL, u.domain, u.Name, u.Password, u.ProjectName)
}

// UnscopedToken logs the user in to no project.
func (u *User) UnscopedToken(t testing.TB) string {
	t.Helper()
	return u.cloud.login(t, u.cloud.URL, u.domain, u.Name, u.Password, "")
}

// ExpiringToken is a token that expires after two seconds.
func (u *User) ExpiringToken(t testing.TB) string {
	t.Helper()
	return u.cloud.login(t, servers.NewExpiringKeystone(t), u.domain, u.Name, u.Password, u.ProjectName)
}

// ApplicationCredential makes one with the user's roles, with further values if
// there are any, and returns its id and its secret.
func (u *User) ApplicationCredential(t testing.TB, values map[string]any) (id, secret string) {
	t.Helper()
	var answer struct {
		Credential struct{ ID, Secret string } `json:"application_credential"`
	}
	credential := map[string]any{"name": fmt.Sprintf("credential-%d", count.Add(1))}
	maps.Copy(credential, values)
	body := map[string]any{"application_credential": credential}
	u.cloud.send(t, u.cloud.URL, http.MethodPost, "/v3/users/"+u.ID+"/application_credentials", body,
		map[string]string{"X-Auth-Token": u.Token(t)}, &answer)
	return answer.Credential.ID, answer.Credential.Secret
}

// CredentialToken logs in with an application credential.
func (c *Cloud) CredentialToken(t testing.TB, id, secret string) string {
	t.Helper()
	body := map[string]any{"auth": map[string]any{"identity": map[string]any{
		"methods": []string{"application_credential"}, "application_credential": map[string]any{"id": id, "secret": secret},
	}}}
	return c.send(t, c.URL, http.MethodPost, "/v3/auth/tokens", body, nil, nil).Get("X-Subject-Token")
}

// Disable keeps a user from everything, at once.
func (c *Cloud) Disable(t testing.TB, u *User) {
	t.Helper()
	c.call(t, http.MethodPatch, "/v3/users/"+u.ID, map[string]any{"user": map[string]any{"enabled": false}}, nil)
}

// SetPassword changes a user's password, which ends its tokens.
func (c *Cloud) SetPassword(t testing.TB, u *User, password string) {
	t.Helper()
	c.call(t, http.MethodPatch, "/v3/users/"+u.ID, map[string]any{"user": map[string]any{"password": password}}, nil)
	u.Password = password
}

// Revoke ends a token.
func (c *Cloud) Revoke(t testing.TB, token string) {
	t.Helper()
	c.send(t, c.URL, http.MethodDelete, "/v3/auth/tokens", nil, map[string]string{"X-Auth-Token": c.admin, "X-Subject-Token": token}, nil)
}

// Valid reports whether Keystone takes a token.
func (c *Cloud) Valid(t testing.TB, token string) bool {
	t.Helper()
	a, err := kit.Request{
		Method: http.MethodHead, URL: c.URL + "/v3/auth/tokens", Header: http.Header{"X-Auth-Token": {c.admin}, "X-Subject-Token": {token}},
	}.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode == http.StatusOK
}

func (c *Cloud) role(t testing.TB, name string) (id string) {
	t.Helper()
	var list struct{ Roles []struct{ ID string } }
	c.call(t, http.MethodGet, "/v3/roles?name="+name, nil, &list)
	if len(list.Roles) > 0 {
		return list.Roles[0].ID
	}
	return c.create(t, "role", map[string]any{"name": name})
}

// create makes a resource of a kind and returns its id.
func (c *Cloud) create(t testing.TB, kind string, values map[string]any) (id string) {
	t.Helper()
	var answer map[string]struct{ ID string }
	c.call(t, http.MethodPost, "/v3/"+kind+"s", map[string]any{kind: values}, &answer)
	return answer[kind].ID
}

func (c *Cloud) login(t testing.TB, url, domainID, user, password, project string) (token string) {
	t.Helper()
	domain := map[string]any{"id": domainID}
	auth := map[string]any{"identity": map[string]any{
		"methods":  []string{"password"},
		"password": map[string]any{"user": map[string]any{"name": user, "domain": domain, "password": password}},
	}}
	if project != "" {
		auth["scope"] = map[string]any{"project": map[string]any{"name": project, "domain": domain}}
	}
	return c.send(t, url, http.MethodPost, "/v3/auth/tokens", map[string]any{"auth": auth}, nil, nil).Get("X-Subject-Token")
}

// call sends a request of the admin.
func (c *Cloud) call(t testing.TB, method, path string, body, answer any) {
	t.Helper()
	c.send(t, c.URL, method, path, body, map[string]string{"X-Auth-Token": c.admin}, answer)
}

func (c *Cloud) send(t testing.TB, url, method, path string, body any, headers map[string]string, answer any) http.Header {
	t.Helper()
	header := http.Header{}
	for name, value := range headers {
		header.Set(name, value)
	}
	a, err := kit.Request{Method: method, URL: url + path, Header: header, Body: body}.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	response, text := a.Response, a.Text
	if response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s", method, path, response.Status, text)
	}
	if answer != nil {
		if err := json.Unmarshal(text, answer); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return response.Header
}

// SetIDs gives a user and its project the ids that a test needs, which Keystone
// makes up itself. It comes before the first token of the user.
func (u *User) SetIDs(t testing.TB, user, project string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+servers.KeystoneDatabase(t)+"?_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, change := range []struct{ table, column, from, to string }{
		{"user", "id", u.ID, user},
		{"local_user", "user_id", u.ID, user},
		{"assignment", "actor_id", u.ID, user},
		{"project", "id", u.Project, project},
		{"assignment", "target_id", u.Project, project},
	} {
		statement := fmt.Sprintf(`UPDATE "%s" SET "%s" = ? WHERE "%[2]s" = ?`, change.table, change.column)
		if _, err := tx.Exec(statement, change.to, change.from); err != nil {
			t.Fatalf("%s: %v", change.table, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	u.ID, u.Project = user, project
}
