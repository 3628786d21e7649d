package servers

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

const nginxConfig = `
daemon off;
user root;
worker_processes %d;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
	access_log off;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	proxy_cache_path cache keys_zone=answers:64m max_size=1g inactive=1h use_temp_path=off;
	keepalive_requests 1000000000;
	upstream site { server %s; keepalive 32; }
	server {
		listen %s;
		location / {
			proxy_pass http://site;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host %[2]s;
			proxy_cache answers;
			%[4]s
		}
	}
}
`

// NewNginx starts an nginx with proxy_cache in front of a site, with further
// directives of the location. It ends with the test.
func NewNginx(t testing.TB, site, directives string) (url string) {
	t.Helper()
	Require(t, Nginx)
	address := kit.FreeAddress(t)
	text := fmt.Sprintf(nginxConfig, runtime.GOMAXPROCS(0), strings.TrimPrefix(site, "http://"), address, directives)
	p := Launch(t, "nginx", map[string]string{"nginx.conf": text}, "nginx", "-p", ".", "-c", "nginx.conf")
	terminated(t, p)
	listens(t, p, address)
	return "http://" + address
}

// NewVarnish starts a Varnish in front of a site, which keeps answers for a minute,
// with further VCL. It ends with the test.
func NewVarnish(t testing.TB, site, vcl string) (url string) {
	t.Helper()
	Require(t, Varnish)
	address := kit.FreeAddress(t)
	host, port, err := net.SplitHostPort(strings.TrimPrefix(site, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("vcl 4.1;\nbackend default { .host = %q; .port = %q; }\n%s\n", host, port, vcl)
	work := t.TempDir()
	p := Launch(t, "varnish", map[string]string{"site.vcl": text}, "varnishd",
		"-F", "-j", "none", "-n", work, "-a", address, "-p", "vcl_path=.", "-f", "site.vcl", "-t", "60", "-s", "malloc,16m")
	terminated(t, p)
	listens(t, p, address)
	return "http://" + address
}

// terminated asks a program to end with the test, before it would be killed: those that it
// has started would go on.
func terminated(t testing.TB, p *Process) {
	t.Cleanup(func() {
		p.Signal(syscall.SIGTERM)
		select {
		case <-p.Ended():
		case <-time.After(kit.Timeout):
			t.Errorf("the program does not end:\n%s", p.Output())
		}
	})
}

// listens waits until a program takes connections.
func listens(t testing.TB, p *Process, address string) {
	t.Helper()
	if err := p.Ready(func(ctx context.Context) error {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
