package imagesv1

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// clients are sequences of requests as old clients send them.
func (p *place) clients(t *testing.T) {
	t.Run("glanceclient", p.glanceclient)
	t.Run("nova", p.nova)
	t.Run("heat", p.heat)
	t.Run("XenAPI", p.xenapi)
	t.Run("curl", p.curl)
}

// glanceclient runs Debian's in its v1 mode; the script fails at what it does not
// find.
func (p *place) glanceclient(t *testing.T) {
	if exec.Command("/usr/bin/python3", "-c", "import glanceclient.v1.client").Run() != nil {
		kit.Lacking(t, "python3-glanceclient is not installed")
	}
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "testdata/glanceclient_v1.py", p.url, p.token, p.people["other"].Project)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// nova registers a snapshot of a volume, and uploads one of a server.
func (p *place) nova(t *testing.T) {
	a := p.call(t, "POST", "/v1/images", "x-image-meta-name: volume", "x-image-meta-size: 0", "x-image-meta-is_public: False",
		"x-image-meta-property-mappings: []").expect(t, 201)
	path := strings.TrimPrefix(a.Header.Get("Location"), p.url)
	p.status(t, path, "active")
	p.call(t, "DELETE", path).expect(t, 200)

	a = p.call(t, "POST", "/v1/images", "x-image-meta-name: snapshot", "x-image-meta-property-os_type: linux").expect(t, 201)
	path = strings.TrimPrefix(a.Header.Get("Location"), p.url)
	p.status(t, path, "queued")
	p.send(t, p.request(t, "PUT", path, strings.NewReader("data"), "x-image-meta-disk_format: raw", "x-image-meta-container_format: bare",
		"Content-Type: application/octet-stream", "x-glance-registry-purge-props: False")).expect(t, 200)
	head := p.call(t, "HEAD", path).expect(t, 200)
	if head.meta("status") != "active" || head.meta("property-os_type") != "linux" || head.meta("checksum") == "" || head.meta("disk_format") != "raw" {
		t.Errorf("got %v", head.Header)
	}
	if a := p.call(t, "GET", "/v1/images/detail?is_public=none&property-os_type=linux").expect(t, 200); !strings.Contains(a.text, "snapshot") {
		t.Error(a.text)
	}
	if a := p.call(t, "GET", path).expect(t, 200); a.text != "data" {
		t.Errorf("got %q", a.text)
	}
	p.call(t, "DELETE", path).expect(t, 200)
	p.call(t, "HEAD", path).expect(t, 404)
}

// heat looks an image up through glanceclient, which takes what a template names for an
// id first and for a name then.
func (p *place) heat(t *testing.T) {
	headers := []string{"Accept: */*", "Accept-Encoding: gzip, deflate", "User-Agent: python-glanceclient", "Content-Type: application/octet-stream"}
	path := p.queued(t, "x-image-meta-name: fedora 20")
	id := path[strings.LastIndexByte(path, '/')+1:]
	p.call(t, "HEAD", "/v1/images/fedora%2020", headers...).expect(t, 404)
	var body struct {
		Images []struct{ ID, Name string }
	}
	a := p.call(t, "GET", "/v1/images/detail?limit=20&name=fedora+20", headers...).expect(t, 200)
	if err := json.Unmarshal([]byte(a.text), &body); err != nil || len(body.Images) != 1 || body.Images[0].ID != id {
		t.Errorf("by its name: %v, %s", err, a.text)
	}
	head := p.call(t, "HEAD", path, headers...).expect(t, 200)
	if head.meta("id") != id || head.meta("name") != "fedora 20" || head.meta("status") != "queued" {
		t.Errorf("by its id: %v", head.Header)
	}
	if a := p.call(t, "GET", "/v1/images/detail?limit=20&name=fedora+21", headers...).expect(t, 200); a.text != `{"images": []}` {
		t.Errorf("an unknown name: %s", a.text)
	}
	p.call(t, "DELETE", path, headers...).expect(t, 200)
}

// xenapi writes dashes, where Caddy lets them through.
func (p *place) xenapi(t *testing.T) {
	path := p.queued(t)
	p.call(t, "HEAD", path).expect(t, 200)
	p.send(t, p.request(t, "PUT", path, strings.NewReader("vhd"), "x-image-meta-status: queued", "x-image-meta-name: xen",
		"x-image-meta-property-auto-disk-config: False", "x-glance-registry-purge-props: False", "content-type: application/octet-stream",
		"Content-Type: application/octet-stream")).expect(t, 200)
	head := p.call(t, "HEAD", path).expect(t, 200)
	if head.meta("property-auto_disk_config") != "False" || head.Header.Get("Etag") != head.meta("checksum") {
		t.Errorf("got %v", head.Header)
	}
}

func (p *place) curl(t *testing.T) {
	program, err := exec.LookPath("curl")
	if err != nil {
		kit.Lacking(t, "%v", err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-sS", "--fail-with-body", "-H", "X-Auth-Token: "+p.token, "-H", "x-image-meta-name: by curl",
		"-H", "x-image-meta-disk_format: raw", "-H", "x-image-meta-container_format: bare", "-H", "Content-Type: application/octet-stream",
		"-H", "Transfer-Encoding: chunked", "--data-binary", "@-", p.url+"/v1/images")
	cmd.Stdin = strings.NewReader("hello")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"checksum": "5d41402abc4b2a76b9719d911017c592"`) {
		t.Errorf("%v %s", err, out)
	}
}

// copies are made by glance-api, behind the answer.
func (p *place) copies(t *testing.T) {
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/there" {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte("hello"))
	}))
	defer source.Close()
	for from, want := range map[string]string{"/there": "active", "/missing": "killed"} {
		a := p.call(t, "POST", "/v1/images", append(withFormats, "x-glance-api-copy-from: "+source.URL+from)...).expect(t, 201)
		path := strings.TrimPrefix(a.Header.Get("Location"), p.url)
		p.status(t, path, want)
		if head := p.call(t, "HEAD", path); want == "active" && head.meta("checksum") != "5d41402abc4b2a76b9719d911017c592" {
			t.Errorf("got %v", head.Header)
		}
	}
	a := p.call(t, "POST", "/v1/images", append(withFormats, "x-image-meta-location: "+source.URL+"/there")...).expect(t, 201)
	if got := p.call(t, "GET", strings.TrimPrefix(a.Header.Get("Location"), p.url)).expect(t, 200); got.text != "hello" {
		t.Errorf("got %q", got.text)
	}
	p.call(t, "POST", "/v1/images", append(withFormats, "x-glance-api-copy-from: file:///etc/passwd")...).expect(t, 400)
}

// hardened gateways hold users to what the image API v2 would let them do.
func (p *place) hardened(t *testing.T) {
	p.call(t, "POST", "/v1/images", "x-image-meta-property-direct_url: file:///etc/passwd").expect(t, 403)
	p.call(t, "POST", "/v1/images", "x-image-meta-is_public: True").expect(t, 403)
	path := p.active(t, 5)
	p.call(t, "PUT", path, "x-image-meta-disk_format: qcow2", "x-glance-registry-purge-props: false").expect(t, 403)
	p.call(t, "PUT", path, "x-image-meta-disk_format: raw", "x-glance-registry-purge-props: false").expect(t, 200)
	other := *p
	other.token = p.people["other"].Token(t)
	other.call(t, "GET", path).expect(t, 404)
	other.call(t, "DELETE", path).expect(t, 404)
	p.call(t, "PUT", path+"/members/"+p.people["other"].Project).expect(t, 204)
	other.call(t, "GET", path).expect(t, 200)
	other.call(t, "DELETE", path).expect(t, 403)
	other.call(t, "PUT", path, "x-image-meta-name: mine").expect(t, 403)
	p.call(t, "DELETE", path).expect(t, 200)
	p.call(t, "HEAD", path).expect(t, 404)
}
