// Package publicreads tests what a gateway keeps of glance-api's answers, against a
// real glance-api and a real Keystone.
package publicreads

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/publiccloud"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// cloud is a glance-api and gateways in front of it.
type cloud struct {
	*publiccloud.Cloud
	t        testing.TB
	glance   string        // base URL
	nodes    []string      // base URLs of all nodes of glance-api, which may answer in different ways
	log      func() string // of glance-api
	front    *front        // between a gateway and glance-api
	gateway  string        // base URL of the first gateway
	gateways []string
	admin    cachetest.Admin
}

// newCloud starts everything but gateways, with further sections of glance-api's
// configuration.
func newCloud(t testing.TB, db *servers.Database, sections string) *cloud {
	t.Helper()
	c := &cloud{Cloud: publiccloud.New(t, db), t: t}
	glance := servers.NewPublicGlanceAPI(t, c.DB, c.Identity(), sections)
	c.glance, c.log, c.front = glance.BaseURL, glance.Output, newFront(t, glance.BaseURL)
	c.nodes = []string{c.glance}
	c.Follow(t)
	return c
}

// on is the cloud in a test of its own.
func (c *cloud) on(t *testing.T) *cloud {
	other := *c
	other.t = t
	return &other
}

// at is the cloud with another one of its gateways as the first.
func (c *cloud) at(gateway string) *cloud {
	other := *c
	other.gateway = gateway
	return &other
}

// start runs gateways in front of nodes until the end of the test. settings are those of
// their caches, one for each, and site is what else is in their sites.
func (c *cloud) start(site string, settings []string, nodes ...string) {
	c.t.Helper()
	address := kit.FreeAddress(c.t)
	c.admin = cachetest.Admin("http://" + address)
	var sites []string
	for n, s := range settings {
		sites = append(sites, c.Site(integration.NodeURL(c.DB.URL, n), "debug_header\n"+s, nodes...)+site)
	}
	c.gateways = integration.StartSites(c.t, "admin "+address+"\nmetrics", sites...)
	c.gateway = c.gateways[0]
	for _, url := range c.gateways { // the first request connects the cache
		c.get(url, c.Keystone.User(c.t, "reader").Token(c.t), "/v2/schemas/image")
	}
	if err := c.admin.Await("ready", cachetest.Ready(len(settings))); err != nil {
		c.t.Fatal(err)
	}
}

// answer is what a client gets.
type answer struct {
	status int
	header http.Header
	body   string
}

// outcome is what the debug header says.
func (a answer) outcome() string { return a.header.Get("X-Glance-Registry-Cache") }

// send sends a request with further fields as "Name: value".
func (c *cloud) send(base, method, path, token, contentType string, body any, fields ...string) answer {
	c.t.Helper()
	a, err := send(base, method, path, token, contentType, body, fields...)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func send(base, method, path, token, contentType string, body any, fields ...string) (a answer, err error) {
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return a, err
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, base+path, content)
	if err != nil {
		return a, err
	}
	if token != "" {
		r.Header.Set("X-Auth-Token", token)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		r.Header[name] = append(r.Header[name], value)
	}
	res, err := client.Do(r)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(text)}, err
}

var client = &http.Client{
	Transport: &http.Transport{MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute}, Timeout: kit.Timeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (c *cloud) get(base, token, path string, fields ...string) answer {
	c.t.Helper()
	return c.send(base, http.MethodGet, path, token, "application/json", nil, fields...)
}

// must sends a request to glance-api that has to succeed.
func (c *cloud) must(method, path, token, contentType string, body any) answer {
	c.t.Helper()
	a := c.send(c.glance, method, path, token, contentType, body)
	if a.status >= 300 {
		c.t.Fatalf("%s %s: %d %s\n%s", method, path, a.status, a.body, c.log())
	}
	return a
}

const (
	asJSON  = "application/json"
	asPatch = "application/openstack-images-v2.1-json-patch"
)

// create makes an image through glance-api.
func (c *cloud) create(token string, values map[string]any) (id string) {
	c.t.Helper()
	full := map[string]any{"name": "image", "disk_format": "raw", "container_format": "bare", "visibility": "private"}
	for name, value := range values {
		full[name] = value
	}
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(c.must("POST", "/v2/images", token, asJSON, full).body), &made); err != nil {
		c.t.Fatal(err)
	}
	return made.ID
}

// upload gives an image data.
func (c *cloud) upload(token, id string) {
	c.t.Helper()
	c.must("PUT", "/v2/images/"+id+"/file", token, "application/octet-stream", "data")
}

// hit asks the gateway until the answer comes from its memory, and returns it.
func (c *cloud) hit(token, path string, fields ...string) answer {
	c.t.Helper()
	var a answer
	if !kit.PollEvery(20*time.Millisecond, kit.Timeout, func() bool {
		a = c.get(c.gateway, token, path, fields...)
		return a.outcome() == "hit"
	}) {
		c.t.Fatalf("GET %s is never a hit: %d %q %s\n%s", path, a.status, a.outcome(), a.body, c.report())
	}
	return a
}

// report is what the admin API says about public reads.
func (c *cloud) report() string {
	res, err := http.Get(string(c.admin) + "/glance_registry/cache/public_reads")
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return string(text)
}
