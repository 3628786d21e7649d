package imagesv1

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestBesideGlance is about what clients do and what fails meanwhile, in front of
// one glance-api. It runs on one database, or on all of them with FULL=1.
func TestBesideGlance(t *testing.T) {
	servers.Require(t, servers.Glance)
	sample, _ := strconv.Atoi(os.Getenv("SAMPLE"))
	for n, dialect := range servers.Dialects {
		if os.Getenv("FULL") == "" && n != sample%len(servers.Dialects) {
			continue
		}
		t.Run(string(dialect), func(t *testing.T) {
			p := newPlace(t, dialect)
			t.Run("clients", p.clients)
			t.Run("quotas", p.quotas)
			t.Run("policies", p.policies)
			t.Run("copies", p.copies)
			t.Run("hardened", p.hardened)
			t.Run("streams", p.streams)
			t.Run("shutdown", p.shutdown)
			t.Run("faults", p.faults) // which end glance-api
		})
	}
}

// place is a hardened gateway in front of a glance-api, with one user.
type place struct {
	*cloud
	server *servers.Server // of the database; nil for SQLite
	db     *servers.Database
	glance *servers.GlanceAPI
	url    string
	token  string

	bounded string // the URL of another site, whose quotas are small
	ruled   string // the URL of one with a policy file

	most int64 // bytes of an image
}

// newPlace starts all that there is.
func newPlace(t testing.TB, dialect servers.Kind) *place {
	t.Helper()
	p := &place{cloud: newCloud(t), most: 256 * mebibyte}
	if dialect == servers.SQLite {
		p.db = servers.NewDatabase(t, dialect)
	} else {
		p.server = servers.NewServer(t, dialect)
		p.db = p.server.NewDatabase(t)
	}
	if *gibibytes > 0 {
		p.most = *gibibytes << 30
	}
	p.glance = p.cloud.glance(t, p.db, "")
	urls := integration.StartSites(t, siteOptions, p.siteText(), p.boundedSite(), p.ruledSite(t))
	p.url, p.bounded, p.ruled = urls[0], urls[1], urls[2]
	p.token = p.people["owner"].Token(t)
	return p
}

// siteOptions are global options: the header names that clients of the tests send.
const siteOptions = "servers {\nexpected_underscore_headers x-image-meta-disk_format x-image-meta-container_format " +
	"x-image-meta-is_public x-image-meta-min_ram x-image-meta-min_disk x-image-meta-property-os_type x-image-meta-property-direct_url\n}"

// siteText are the directives of the site.
func (p *place) siteText() string {
	return p.site(p.db, p.glance.BaseURL, "harden\ncache {\nttl 2s\n}", "", fmt.Sprintf("copy_from\nmax_size %dB", p.most))
}

// request is one to the gateway, with headers as "Name: value".
func (p *place) request(t testing.TB, method, path string, body io.Reader, headers ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Auth-Token", p.token)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header[name] = []string{value} // as it is spelled
	}
	return r
}

// answer is what the gateway says, with its whole body.
type answer struct {
	*http.Response
	text string
}

func (p *place) send(t testing.TB, r *http.Request) answer {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, string(text)}
}

// call sends a request without a body.
func (p *place) call(t testing.TB, method, path string, headers ...string) answer {
	t.Helper()
	return p.send(t, p.request(t, method, path, nil, headers...))
}

func (a answer) expect(t testing.TB, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: %s, want %d: %s", a.Request.Method, a.Request.URL.Path, a.Status, status, a.text)
	}
	return a
}

// meta is a header field of the image in an answer.
func (a answer) meta(name string) string {
	for field, values := range a.Header {
		if strings.EqualFold(field, "x-image-meta-"+name) {
			return values[0]
		}
	}
	return ""
}

// withFormats are the headers of an image that is to get data.
var withFormats = []string{
	"x-image-meta-name: one", "x-image-meta-disk_format: raw", "x-image-meta-container_format: bare", "Content-Type: application/octet-stream",
}

// queued makes an image without data and returns its path.
func (p *place) queued(t testing.TB, headers ...string) string {
	t.Helper()
	a := p.call(t, "POST", "/v1/images", append(withFormats, headers...)...).expect(t, 201)
	return strings.TrimPrefix(a.Header.Get("Location"), p.url)
}

// status waits for the status of an image, which others may still change.
func (p *place) status(t testing.TB, path, want string) {
	t.Helper()
	var got string
	kit.Wait(t, path+" "+want, func() bool {
		a := p.call(t, "HEAD", path)
		got = a.Status + " " + a.meta("status")
		return a.meta("status") == want
	}, &got)
}

// stored lists the files in glance-api's store.
func (p *place) stored(t testing.TB) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.glance.Images, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			names = append(names, filepath.Base(file))
		}
	}
	return names
}

// pattern is data of any length that differ from block to block.
type pattern struct{ left, at int64 }

func (p *pattern) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	b = b[:min(int64(len(b)), p.left, 1<<16)]
	for n := range b {
		b[n] = byte(n)
	}
	if len(b) >= 8 {
		copy(b, fmt.Sprintf("%08x", p.at))
	}
	p.at++
	p.left -= int64(len(b))
	return len(b), nil
}

// sum reads data to their end.
func sum(t testing.TB, from io.Reader) (size int64, sum string) {
	t.Helper()
	h := md5.New()
	size, err := io.Copy(h, from)
	if err != nil {
		t.Fatal(err)
	}
	return size, hex.EncodeToString(h.Sum(nil))
}
