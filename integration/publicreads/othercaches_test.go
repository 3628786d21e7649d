package publicreads

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/servers"
)

// caches are what stands in front of glance-api, by the columns of the table in
// docs/public-reads.md.
func (c *cloud) caches(t *testing.T) (columns []string, urls map[string]string) {
	t.Helper()
	const valid = "proxy_cache_valid 200 60s; "
	node := c.front.url // which counts requests
	return []string{"nginx", "nginx, tokens in the key", "Varnish", "Varnish, tokens in the key", "`public_reads`"}, map[string]string{
		"nginx":                      servers.NewNginx(t, node, valid),
		"nginx, tokens in the key":   servers.NewNginx(t, node, valid+`proxy_cache_key "$request_uri $http_x_auth_token $http_x_service_token";`),
		"Varnish":                    servers.NewVarnish(t, node, ""),
		"Varnish, tokens in the key": servers.NewVarnish(t, node, "sub vcl_hash { hash_data(req.http.X-Auth-Token); hash_data(req.http.X-Service-Token); }"),
		"`public_reads`":             c.gateway,
	}
}

// probe is a row of the table: what a cache is asked first, what happens then, and what
// its next answer shows.
type probe struct {
	row     string
	before  func(url string)
	happens func()
	after   func(url string) string
}

// otherCaches puts nginx and Varnish in the gateway's place, lets the same happen to all of
// them, and compares what they do with the table in docs/public-reads.md.
func (c *cloud) otherCaches(t *testing.T) {
	columns, urls := c.caches(t)
	probes := append(c.leaks(), c.staleness()...)
	probes = append(probes, c.repetitions()...)
	for _, p := range probes {
		for _, column := range columns {
			p.before(urls[column])
		}
		if p.happens != nil {
			p.happens()
		}
	}
	time.Sleep(bound)
	table := "| | " + strings.Join(columns, " | ") + " |\n|---" + strings.Repeat("|---", len(columns)) + "|\n"
	for _, p := range probes {
		table += "| " + p.row
		for _, column := range columns {
			table += " | " + p.after(urls[column])
		}
		table += " |\n"
	}
	t.Logf("\n%s", table)
	if text, err := os.ReadFile("../../docs/public-reads.md"); err != nil || !strings.Contains(string(text), table) {
		t.Errorf("docs/public-reads.md does not have this table (%v):\n%s", err, table)
	}
}

// served tells whether somebody gets an image.
func (c *cloud) served(url, token, path string) string {
	switch a := c.get(url, token, path); a.status {
	case 200:
		return "**is served**"
	case 401, 404:
		return "is not served"
	default:
		return fmt.Sprint(a.status)
	}
}

// twice lets a cache keep an answer. For the gateway it waits until it has.
func (c *cloud) twice(url, token, path string, fields ...string) {
	c.t.Helper()
	if url == c.gateway {
		c.hit(token, path, fields...)
		return
	}
	for range 2 {
		if a := c.get(url, token, path, fields...); a.status != 200 {
			c.t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// owned makes a user with an image.
func (c *cloud) owned(visibility string) (owner *keystonetest.User, token, id string) {
	c.t.Helper()
	owner = c.Keystone.User(c.t, "member")
	token = owner.Token(c.t)
	return owner, token, c.create(token, map[string]any{"visibility": visibility, "name": "first"})
}

// leaks are about who gets a private image.
func (c *cloud) leaks() []probe {
	_, token, id := c.owned("private")
	path := "/v2/images/" + id
	stranger := c.Keystone.User(c.t, "member").Token(c.t)
	keep := func(url string) { c.twice(url, token, path) }
	return []probe{
		{row: "a private image, requested by another project", before: keep, after: func(url string) string { return c.served(url, stranger, path) }},
		{row: "the same, requested without a token", before: keep, after: func(url string) string { return c.served(url, "", path) }},
	}
}

// staleness is what is served after changes.
func (c *cloud) staleness() []probe {
	_, token, patched := c.owned("private")
	_, remover, deleted := c.owned("private")
	_, sharer, shared := c.owned("shared")
	guest := c.Keystone.User(c.t, "member")
	visitor := guest.Token(c.t)
	c.must("POST", "/v2/images/"+shared+"/members", sharer, asJSON, map[string]any{"member": guest.Project})
	return []probe{
		{
			row: "an image after a PATCH", before: func(url string) { c.twice(url, token, "/v2/images/"+patched) },
			happens: func() {
				c.must("PATCH", "/v2/images/"+patched, token, asPatch, `[{"op": "replace", "path": "/name", "value": "second"}]`)
			},
			after: func(url string) string {
				var image struct{ Name string }
				if err := json.Unmarshal([]byte(c.get(url, token, "/v2/images/"+patched).body), &image); err != nil {
					c.t.Fatal(err)
				}
				return map[string]string{"first": "**the old one**", "second": "the new one"}[image.Name]
			},
		},
		{
			row: "an image after its DELETE", before: func(url string) { c.twice(url, remover, "/v2/images/"+deleted) },
			happens: func() { c.must("DELETE", "/v2/images/"+deleted, remover, asJSON, nil) },
			after:   func(url string) string { return c.served(url, remover, "/v2/images/"+deleted) },
		},
		{
			row: "a shared image, requested by a former member", before: func(url string) { c.twice(url, visitor, "/v2/images/"+shared) },
			happens: func() { c.must("DELETE", "/v2/images/"+shared+"/members/"+guest.Project, sharer, asJSON, nil) },
			after:   func(url string) string { return c.served(url, visitor, "/v2/images/"+shared) },
		},
	}
}

// repetitions are about what the same user gets again.
func (c *cloud) repetitions() []probe {
	owner, token, id := c.owned("private")
	again := owner.Token(c.t)
	nova := c.Keystone.User(c.t, "service")
	one, other := "X-Service-Token: "+nova.Token(c.t), "X-Service-Token: "+nova.Token(c.t)
	path := "/v2/images/" + id
	// The gateway asks Keystone about a token once; that is no answer of glance-api.
	answers := func(url, token string, fields ...string) string {
		asked := c.front.count()
		if a := c.get(url, token, path, fields...); a.status != 200 {
			c.t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		if c.front.count() > asked {
			return "glance-api answers"
		}
		return "the cache answers"
	}
	return []probe{
		{
			row: "another token of the same user", before: func(url string) { c.twice(url, token, path) },
			after: func(url string) string { return answers(url, again) },
		},
		{
			row: "another token of Nova beside the user's", before: func(url string) { c.twice(url, token, path, one) },
			after: func(url string) string { return answers(url, token, other) },
		},
		{
			row: "`X-Openstack-Request-Id` of a cached answer", before: func(url string) { c.twice(url, token, path) },
			after: func(url string) string {
				if c.get(url, token, path, "X-Openstack-Request-Id: mine").header.Get("X-Openstack-Request-Id") == "req-mine" {
					return "its own"
				}
				return "that of an earlier request"
			},
		},
	}
}
