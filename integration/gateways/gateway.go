// Package gateways runs gateways as processes of their own, as they are in
// production: they can be killed, and their memory is only theirs.
package gateways

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// Gateway is a process.
type Gateway struct {
	// URLs are the base URLs of the sites, without a slash at their end.
	URLs  []string
	Admin cachetest.Admin
	// Started is the time from the start of the process to its first answers, within
	// 20 ms.
	Started time.Duration

	config  string
	process *servers.Process
	before  int64 // peak memory of the process that ran before
}

// options are what a Caddyfile has besides its sites.
const options = `{
	admin %s
	persist_config off
	auto_https off
	log {
		level WARN
	}
	%s
}
`

// Start runs a gateway until the end of the test, with further global options and
// with sites, each on a port of its own.
func Start(t testing.TB, global string, sites ...string) *Gateway {
	t.Helper()
	return StartWith(t, nil, global, sites...)
}

// StartWith is Start with variables of the environment, such as GOMAXPROCS=1.
func StartWith(t testing.TB, environment []string, global string, sites ...string) *Gateway {
	t.Helper()
	// A program of a test has an environment of its own. env gives it more, and
	// becomes the program.
	args := append(slices.Clone(environment), Build(t), "run", "--config", "Caddyfile")
	// Another program may take a port before the gateway does.
	var err error
	for range 3 {
		address := kit.FreeAddress(t)
		g := &Gateway{Admin: cachetest.Admin("http://" + address)}
		var text strings.Builder
		fmt.Fprintf(&text, options, address, global)
		for _, directives := range sites {
			url := "http://" + kit.FreeAddress(t)
			g.URLs = append(g.URLs, url)
			fmt.Fprintf(&text, "%s {\n%s\n}\n", url, directives)
		}
		g.config = text.String()
		began := time.Now()
		g.process = servers.Launch(t, "gateway", map[string]string{"Caddyfile": g.config}, "env", args...)
		if err = g.process.Ready(g.serves); err == nil {
			g.Started = time.Since(began)
			return g
		}
	}
	t.Fatalf("%v", err)
	return nil
}

// serves reports an error until the sites take requests.
func (g *Gateway) serves(ctx context.Context) error {
	for _, url := range g.URLs {
		if _, err := (kit.Request{Method: http.MethodGet, URL: url + "/healthcheck"}).Send(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Kill ends the process at once.
func (g *Gateway) Kill(t testing.TB) {
	t.Helper()
	g.before = g.Peak(t)
	g.process.Signal(os.Kill)
	<-g.process.Ended()
}

// Terminate asks the process to end, as a service manager does, and returns how
// long it took, or an error if it takes longer than patience.
func (g *Gateway) Terminate(t testing.TB, patience time.Duration) (time.Duration, error) {
	t.Helper()
	g.before = g.Peak(t)
	began := time.Now()
	g.process.Signal(syscall.SIGTERM)
	select {
	case <-g.process.Ended():
		return time.Since(began), nil
	case <-time.After(patience):
		return time.Since(began), fmt.Errorf("the gateway goes on %v after SIGTERM\n%s", patience, g.process.Output())
	}
}

// Again starts the process anew after it has ended.
func (g *Gateway) Again(t testing.TB) {
	t.Helper()
	g.process.Again(t)
	if err := g.process.Ready(g.serves); err != nil {
		t.Fatal(err)
	}
}

// Reload loads the configuration again, though it has not changed.
func (g *Gateway) Reload() error {
	a, err := kit.Request{
		Method: http.MethodPost, URL: string(g.Admin) + "/load", Body: g.config,
		Header: http.Header{"Content-Type": {"text/caddyfile"}, "Cache-Control": {"must-revalidate"}},
	}.Send(context.Background())
	if err != nil {
		return err
	}
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("POST /load: %s", a.Status)
	}
	return nil
}

// Output is the end of what the process has logged.
func (g *Gateway) Output() string { return g.process.Output() }

// binary is the program, which is built once for all tests of a package.
var binary struct {
	once   sync.Once
	folder string
	err    error
}

// Build makes the program of this module and returns its path. The race detector
// is not in it, as it would take part in what tests measure.
func Build(t testing.TB) string {
	t.Helper()
	binary.once.Do(func() {
		if binary.folder, binary.err = os.MkdirTemp("", "glancegate-gateway-"); binary.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-o", program(), "github.com/glancegate/glancegate/xcaddy")
		if out, err := cmd.CombinedOutput(); err != nil {
			binary.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return program()
}

func program() string { return filepath.Join(binary.folder, "glance-gateway") }

// Clean removes the program. TestMain calls it after the tests.
func Clean() {
	if binary.folder != "" {
		_ = os.RemoveAll(binary.folder)
	}
}

// Memory is the resident memory of the process now, in bytes.
func (g *Gateway) Memory(t testing.TB) int64 { return g.status(t, "VmRSS:") }

// Peak is the most memory that was resident since Start, or since ForgetPeak, in
// bytes.
func (g *Gateway) Peak(t testing.TB) int64 { return max(g.before, g.status(t, "VmHWM:")) }

// ForgetPeak lets Peak begin with what is resident now.
func (g *Gateway) ForgetPeak(t testing.TB) {
	t.Helper()
	g.before = 0
	if err := os.WriteFile(g.file("clear_refs"), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
}

func (g *Gateway) file(name string) string { return fmt.Sprintf("/proc/%d/%s", g.process.ID(), name) }

// status is a size in the kernel's report on the process.
func (g *Gateway) status(t testing.TB, field string) int64 {
	t.Helper()
	text, err := os.ReadFile(g.file("status"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, field); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	t.Fatalf("no %s in %s", field, g.file("status"))
	return 0
}

// Heap is what is left on the heap of the process after a garbage collection, and what
// was allocated since, in bytes.
func (g *Gateway) Heap(t testing.TB) int64 {
	t.Helper()
	const field = "\n# HeapAlloc = "
	_, rest, _ := strings.Cut(g.profile(t, "heap?gc=1&debug=1"), field)
	line, _, _ := strings.Cut(rest, "\n")
	bytes, err := strconv.ParseInt(line, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// Goroutines is how many the process has.
func (g *Gateway) Goroutines(t testing.TB) int {
	t.Helper()
	var count int
	if _, err := fmt.Sscanf(g.profile(t, "goroutine?debug=1"), "goroutine profile: total %d", &count); err != nil {
		t.Fatal(err)
	}
	return count
}

func (g *Gateway) profile(t testing.TB, name string) string {
	t.Helper()
	a, err := kit.Request{Method: http.MethodGet, URL: string(g.Admin) + "/debug/pprof/" + name}.Send(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return string(a.Text)
}

// Descriptors is how many files and connections the process has open.
func (g *Gateway) Descriptors(t testing.TB) int {
	t.Helper()
	open, err := os.ReadDir(g.file("fd"))
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}
