package caddymodule

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	"github.com/glancegate/glancegate/caddymodule/internal/listening"
	"github.com/glancegate/glancegate/integration/caddykit"
	"github.com/glancegate/glancegate/integration/kit"
)

// site is a running Caddy. There can be one at a time.
type site struct {
	t    *testing.T
	addr string
	log  string // file with all log lines
	db   string // file of the demo database
}

// start runs Caddy with a Caddyfile in which $ADDR is a free address on
// loopback, $PORT its port with a colon, and $DB the path of a SQLite file that does not exist yet.
func start(t *testing.T, caddyfile string) *site {
	t.Helper()
	dir := t.TempDir()
	s := &site{t: t, addr: kit.FreeAddress(t), log: filepath.Join(dir, "log.jsonl"), db: filepath.Join(dir, "glance.sqlite")}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
	s.load(caddyfile)
	return s
}

// load replaces the configuration.
func (s *site) load(caddyfile string) {
	s.t.Helper()
	s.replace(s.config(caddyfile))
}

// replace loads a configuration and waits until the old one has closed its sockets,
// which Caddy only begins to do: with SO_REUSEPORT the kernel may lead the next
// connection to either.
func (s *site) replace(config []byte) {
	s.t.Helper()
	old := s.sockets()
	if err := caddy.Load(config, true); err != nil {
		s.t.Fatal(err)
	}
	kit.Wait(s.t, "rid of the old sockets", func() bool {
		for socket := range s.sockets() {
			if old[socket] {
				return false
			}
		}
		return true
	})
}

// sockets are those of this process that listen on the port of the site.
func (s *site) sockets() map[string]bool {
	s.t.Helper()
	address, err := netip.ParseAddrPort(s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	return listening.Sockets(address.Port())
}

func (s *site) config(caddyfile string) []byte {
	s.t.Helper()
	caddyfile = withOptions("storage file_system "+filepath.Dir(s.db)+"\nlog {\noutput file "+s.log+" {\nroll_disabled\n}\nlevel DEBUG\n"+exampleLogFormat(s.t)+"\n}\n", caddyfile)
	return caddykit.Adapt(s.t, strings.NewReplacer("$ADDR", s.addr, "$PORT", s.addr[strings.LastIndex(s.addr, ":"):], "$DB", s.db).Replace(caddyfile))
}

// exampleLogFormat is how the example keeps tokens out of logs.
func exampleLogFormat(t *testing.T) string {
	t.Helper()
	example, err := os.ReadFile("../Caddyfile.example")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(example), "\n\tlog {\n")
	format, _, found := strings.Cut(rest, "\n\t}\n")
	if !found {
		t.Fatal("the example has no log option")
	}
	return format
}

// withOptions puts global options in front of those of a Caddyfile.
func withOptions(options, caddyfile string) string {
	options = "{\nadmin off\npersist_config off\nstorage_clean_interval off\n" + options
	if rest, ok := strings.CutPrefix(caddyfile, "{\n"); ok {
		return options + rest
	}
	return options + "}\n" + caddyfile
}

// validate provisions a configuration without running it, as `caddy validate`.
func validate(t *testing.T, caddyfile string) error {
	t.Helper()
	return caddykit.Validate(t, caddykit.Adapt(t, caddyfile))
}

// request builds a request; headers are given as "Name: value".
func (s *site) request(method, path string, body io.Reader, headers ...string) *http.Request {
	s.t.Helper()
	r, err := http.NewRequest(method, "http://"+s.addr+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header[name] = append(r.Header[name], value)
	}
	return r
}

// do sends a request and reads the whole answer.
func (s *site) do(method, path string, headers ...string) (*http.Response, string) {
	s.t.Helper()
	return s.send(s.request(method, path, nil, headers...))
}

func (s *site) send(r *http.Request) (*http.Response, string) {
	s.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	res, err := client.Do(r)
	for r.Body == nil && dropped(err) {
		res, err = client.Do(r)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(body)
}

// dropped reports whether a new connection was closed before a request of it was
// taken. net/http and the kernel do that to some when a server is replaced.
func dropped(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// logged returns all that was logged so far.
func (s *site) logged() string {
	s.t.Helper()
	content, err := os.ReadFile(s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(content)
}

// logLines returns the lines of the log that contain text, once there are as
// many as wanted: Caddy writes its access log after the client has its answer.
func (s *site) logLines(text string, wanted int) []map[string]any {
	s.t.Helper()
	var lines []map[string]any
	kit.Poll(kit.Timeout, func() bool {
		lines = s.linesWith(text)
		return len(lines) >= wanted
	})
	return lines
}

func (s *site) linesWith(text string) []map[string]any {
	s.t.Helper()
	var lines []map[string]any
	for line := range bytes.SplitSeq([]byte(s.logged()), []byte("\n")) {
		if !bytes.Contains(line, []byte(text)) {
			continue
		}
		var fields map[string]any
		if json.Unmarshal(line, &fields) == nil { // a line may be half written
			lines = append(lines, fields)
		}
	}
	return lines
}

// asAdmin and asMember are the identity headers of glance-api nodes.
var (
	asAdmin  = []string{"X-Identity-Status: Confirmed", "X-User-Id: u-admin", "X-Project-Id: p-admin", "X-Roles: admin"}
	asMember = []string{"X-Identity-Status: Confirmed", "X-User-Id: u-member", "X-Project-Id: p-member", "X-Roles: member"}
)
