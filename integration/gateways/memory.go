package gateways

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
)

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

// Goroutines is how many the process has.
func (g *Gateway) Goroutines(t testing.TB) int {
	t.Helper()
	res, err := http.Get(string(g.Admin) + "/debug/pprof/goroutine?debug=1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var count int
	if _, err := fmt.Fscanf(res.Body, "goroutine profile: total %d", &count); err != nil {
		t.Fatal(err)
	}
	return count
}
