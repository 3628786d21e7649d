package caddymodule

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// upstream records the requests of its only client.
type upstream struct {
	*httptest.Server
	requests chan *http.Request
	lines    chan string // of bodies, as they arrive
}

func newUpstream(t *testing.T) *upstream {
	u := &upstream{requests: make(chan *http.Request, 100), lines: make(chan string, 100)}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.requests <- r
		for body := bufio.NewScanner(r.Body); body.Scan(); {
			u.lines <- body.Text()
		}
		io.WriteString(w, "upstream")
	}))
	t.Cleanup(u.Close)
	return u
}

// publicSite is a site in front of glance-api.
func publicSite(u *upstream, options string) string {
	return "{\nservers {\n" + options + "\n}\n}\n" + `http://$ADDR {
	glance_registry {
		database sqlite:///$DB
		demo
		pass_through
		harden
	}
	reverse_proxy ` + u.Listener.Addr().String() + `
}
`
}

func TestPassThroughClaims(t *testing.T) {
	u := newUpstream(t)
	s := start(t, publicSite(u, "max_header_size 128KiB"))
	for _, c := range []struct {
		method, path string
		claimed      bool
	}{
		{"GET", "/images", true},
		{"GET", "/images/detail", true},
		{"GET", "/images/x", true},
		{"PUT", "/images/x%2Fmembers/y", true},
		{"GET", "/images/x/members/y", true}, // 405
		{"POST", "/shared-images/x", true},
		{"GET", "/", false},
		{"OPTIONS", "/", false},
		{"GET", "/healthcheck", false},
		{"HEAD", "/images", false},
		{"PATCH", "/images", false},
		{"GET", "/images/", false},
		{"GET", "/v2/images", false},
		{"GET", "/versions", false},
		{"POST", "/rpc", true},
		{"GET", "/rpc", false},
	} {
		res, body := s.do(c.method, c.path, asAdmin...)
		select {
		case <-u.requests:
			if c.claimed {
				t.Errorf("%s %s reached the upstream", c.method, c.path)
			}
		default:
			if !c.claimed {
				t.Errorf("%s %s was claimed: %d %s", c.method, c.path, res.StatusCode, body)
			}
		}
	}
}

func TestPassThroughStripsIdentity(t *testing.T) {
	u := newUpstream(t)
	s := start(t, publicSite(u, ""))
	s.do("GET", "/v2/images", append(asAdmin, "X-Auth-Token: t0ken", "X-Tenant-Id: p", "X-Service-Catalog: []", "X-Service-Roles: service",
		"X-Is-Admin-Project: True", "Accept: */*")...)
	got := (<-u.requests).Header
	for name := range got {
		if strings.HasPrefix(name, "X-") && !strings.HasPrefix(name, "X-Forwarded-") && name != "X-Auth-Token" {
			t.Errorf("%s: %s arrived", name, got.Get(name))
		}
	}
	if got.Get("X-Auth-Token") != "t0ken" {
		t.Error("the token did not arrive")
	}
}

// Behind a body there can be fields, too, announced or not.
func TestPassThroughHasNoTrailer(t *testing.T) {
	u := newUpstream(t)
	s := start(t, publicSite(u, ""))
	body, write := io.Pipe()
	request := s.request("PUT", "/v2/images/x/file", body)
	request.Trailer = http.Header{"X-Roles": nil, "X-Other": nil}
	go func() {
		io.WriteString(write, "data\n")
		request.Trailer.Set("X-Roles", "admin")
		write.Close()
	}()
	s.send(request)
	<-u.lines
	if got := <-u.requests; len(got.Trailer) > 0 {
		t.Errorf("the trailer %v arrived", got.Trailer)
	}
}

func TestPassThroughStreamsBodies(t *testing.T) {
	u := newUpstream(t)
	s := start(t, publicSite(u, ""))
	body, write := io.Pipe()
	done := make(chan int)
	go func() {
		res, _ := s.send(s.request("PUT", "/v2/images/x/file", body))
		done <- res.StatusCode
	}()
	for _, line := range []string{"first", "second", "last"} {
		if _, err := io.WriteString(write, line+"\n"); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-u.lines:
			if got != line {
				t.Errorf("got %q, want %q", got, line)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("the upstream did not see %q before the end of the body", line)
		}
	}
	write.Close()
	if status := <-done; status != 200 {
		t.Errorf("status %d", status)
	}
}

// The example lists the header names with underscores that clients of the
// public Images API v1 send; Caddy drops all others.
func TestUnderscoreHeaders(t *testing.T) {
	u := newUpstream(t)
	s := start(t, publicSite(u, expectedHeaders(t)))
	headers := []string{
		"X-Image-Meta-Disk_format: qcow2",
		"X-Image-Meta-Container_format: bare",
		"X-Image-Meta-Is_public: None",
		"X-Image-Meta-Min_disk: 1",
		"X-Image-Meta-Min_ram: 1",
		"X-Image-Meta-Virtual_size: 1",
		"X-Image-Meta-Created_at: 2015-01-01T00:00:00",
		"X-Image-Meta-Updated_at: 2015-01-01T00:00:00",
		"X-Image-Meta-Deleted_at: 2015-01-01T00:00:00",
		"X-Image-Meta-Copy_from: http://192.0.2.1/x",
		"X-Image-Meta-Property-Hw_disk_bus: virtio",
		"X-Image-Meta-Property-Os_type: linux",
		"X-Image-Meta-Property-Kernel_id: x",
		"X-Image-Meta-Property-Ramdisk_id: x",
		"X-Image-Meta-Property-Image_type: snapshot",
		"X-Image-Meta-Property-Base_image_ref: x",
		"X-Image-Meta-Property-Instance_uuid: x",
		"X-Image-Meta-Property-Instance_type_id: 2",
		"X-Image-Meta-Property-Block_device_mapping: []",
		"X-Image-Meta-Property-Owner_specified.openstack.md5: x",
		"X-Image-Meta-Name: no underscore",
	}
	s.do("GET", "/v1/images", append(headers, "X_roles: admin", "X-Image-Meta-Property-Other_thing: x")...)
	got := (<-u.requests).Header
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		if len(got[name]) != 1 || got[name][0] != value {
			t.Errorf("%s: got %q", name, got[name])
		}
	}
	for _, name := range []string{"X_roles", "X-Image-Meta-Property-Other_thing"} {
		if len(got[name]) > 0 {
			t.Errorf("%s arrived", name)
		}
	}
}

// expectedHeaders is that option in the example, where it is commented out.
func expectedHeaders(t *testing.T) string {
	t.Helper()
	example, err := os.ReadFile("../Caddyfile.example")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(example), "expected_underscore_headers")
	if !found {
		t.Fatal("the example has no expected_underscore_headers")
	}
	option := "expected_underscore_headers"
	for line := range strings.SplitSeq(rest, "\n") {
		more := strings.HasSuffix(line, `\`)
		option += strings.TrimPrefix(strings.TrimSuffix(line, `\`), "#")
		if !more {
			break
		}
	}
	return option
}
