package census

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"
)

func open(t *testing.T, path string) *Census {
	t.Helper()
	c := New(path, 90*24*time.Hour, nil, zaptest.NewLogger(t))
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func reportOf(t *testing.T, c *Census) *Report {
	t.Helper()
	r, err := c.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var node = Caller{Peer: "10.0.0.7", Project: "p1", Kind: GlanceAPIv2}

func TestCallsAreCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "census.sqlite")
	c := open(t, path)
	if _, err := os.Stat(path); err == nil {
		t.Error("a census without calls has made its file")
	}
	now := time.Now().UTC().Truncate(time.Second)
	script := Caller{Peer: "10.0.0.8", Agent: "curl/8\x00", Kind: Script}
	for n := range 3 {
		c.Add(Call{Caller: node, At: now.Add(time.Duration(n-3) * time.Second), Route: "rpc.image_get"})
	}
	c.Add(Call{Caller: node, At: now.Add(-time.Second), Route: "rpc.image_update", Write: true})
	c.Add(Call{Caller: script, At: now, Route: "images.index"})
	for range 2 { // the second time from the file
		r := reportOf(t, c)
		if len(r.Callers) != 2 {
			t.Fatalf("got %+v", r)
		}
		if got := r.Callers[0]; got.Agent != "curl/8?" || got.Reads != 1 || !got.Last.Equal(now) {
			t.Errorf("got %+v", got)
		}
		got := r.Callers[1]
		if got.Caller != node || got.Reads != 3 || got.Writes != 1 || !got.First.Equal(now.Add(-3*time.Second)) ||
			!reflect.DeepEqual(got.Routes, map[string]int64{"rpc.image_get": 3, "rpc.image_update": 1}) {
			t.Errorf("got %+v", got)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		c = open(t, path)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestSumOfNodes(t *testing.T) {
	at := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	one := &Report{Nodes: map[string]time.Time{"a": at}, Callers: []Summary{
		{Caller: node, First: at, Last: at, Reads: 1, Routes: map[string]int64{"x": 1}, Hours: map[int64]int64{7: 1}}}}
	two := &Report{Nodes: map[string]time.Time{"b": at}, Callers: []Summary{
		{Caller: node, First: at.Add(-time.Hour), Last: at.Add(time.Hour), Writes: 2, Routes: map[string]int64{"x": 2}, Hours: map[int64]int64{7: 2}},
		{Caller: Caller{Kind: Script}, First: at, Last: at}}}
	sum := Sum(one, nil, two)
	if len(sum.Nodes) != 2 || len(sum.Callers) != 2 {
		t.Fatalf("got %+v", sum)
	}
	want := Summary{Caller: node, First: at.Add(-time.Hour), Last: at.Add(time.Hour), Reads: 1, Writes: 2,
		Routes: map[string]int64{"x": 3}, Hours: map[int64]int64{7: 3}}
	if !reflect.DeepEqual(sum.Callers[0], want) {
		t.Errorf("got %+v, want %+v", sum.Callers[0], want)
	}
	if one.Callers[0].Hours[7] != 1 {
		t.Error("the sum has changed a report")
	}
}

// A million peers fill neither memory nor the file, no call of theirs is lost, and
// those that call often stay visible.
func TestManyCallers(t *testing.T) {
	distinct := 40_000
	if os.Getenv("FULL") == "1" {
		distinct = 1_000_000
	}
	path := filepath.Join(t.TempDir(), "census.sqlite")
	c := open(t, path)
	start := time.Now()
	for n := range distinct {
		peer := fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255)
		// Over the hours of a day, so that the bound of an hour is not the only one.
		at := start.Add(-time.Duration(n%24) * time.Hour)
		c.pending.add(Call{Caller: Caller{Peer: peer, Project: fmt.Sprint(rand.Uint64()), Kind: Script}, At: at, Route: "images.show"})
		c.pending.add(Call{Caller: node, At: start, Route: "rpc.image_get"})
		if n%4000 == 0 {
			if err := c.flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	r := reportOf(t, c)
	var total int64
	f, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var callers int
	for query, into := range map[string]any{"SELECT sum(n) FROM calls": &total, "SELECT count(*) FROM callers": &callers} {
		if err := f.db.QueryRow(query).Scan(into); err != nil {
			t.Fatal(err)
		}
	}
	if total != int64(2*distinct) {
		t.Errorf("%d calls are in the file, want %d", total, 2*distinct)
	}
	if callers > maxCallers+maxPending {
		t.Errorf("%d callers", callers)
	}
	frequent := false
	for _, s := range r.Callers {
		frequent = frequent || s.Caller == node && s.Reads == int64(distinct)
	}
	if !frequent {
		t.Error("the most frequent caller is not in the report")
	}
	var size int64
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err == nil {
			size += info.Size()
		}
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	t.Logf("%d callers: %d are kept, file %d KiB, memory %d KiB", distinct, callers, size>>10, memory.HeapAlloc>>10)
	if size > 50<<20 {
		t.Errorf("the file has %d bytes", size)
	}
}

func TestOldCallsAreFoldedAndRemoved(t *testing.T) {
	c := open(t, filepath.Join(t.TempDir(), "census.sqlite"))
	now := time.Date(2027, 6, 1, 12, 30, 0, 0, time.UTC)
	days := func(n int) time.Time { return now.Add(-time.Duration(n) * 24 * time.Hour) }
	add := func(at time.Time, peer string, n int) {
		for range n {
			c.pending.add(Call{Caller: Caller{Peer: peer, Kind: Script}, At: at, Route: "images.show"})
		}
	}
	add(now, "new", 1)
	for hour := range 10 {
		add(days(20).Add(time.Duration(hour)*time.Hour), "old", 2)
	}
	add(days(91), "ancient", 1)
	if err := c.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	f, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // doing it again changes nothing
		if err := f.tidy(t.Context(), now, c.keep); err != nil {
			t.Fatal(err)
		}
		rows := map[string][2]int{}
		result, err := f.db.Query("SELECT peer, count(calls.n), coalesce(sum(calls.n), 0) FROM callers LEFT JOIN calls ON caller = id GROUP BY peer")
		if err != nil {
			t.Fatal(err)
		}
		for result.Next() {
			var peer string
			var counts [2]int
			if err := result.Scan(&peer, &counts[0], &counts[1]); err != nil {
				t.Fatal(err)
			}
			rows[peer] = counts
		}
		if err := result.Err(); err != nil {
			t.Fatal(err)
		}
		if want := map[string][2]int{"new": {1, 1}, "old": {1, 20}}; !reflect.DeepEqual(rows, want) {
			t.Errorf("got %v, want %v", rows, want)
		}
	}
}

func TestFileThatCanNotBeMade(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "blocked")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := open(t, filepath.Join(blocked, "census.sqlite"))
	c.pending.add(Call{Caller: node, At: time.Now(), Route: "images.show"})
	if err := c.flush(t.Context()); err == nil {
		t.Fatal("a file below a file was made")
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	if r := reportOf(t, c); len(r.Callers) != 1 || r.Callers[0].Reads != 1 {
		t.Errorf("the call is lost: %+v", r)
	}
}

// A process that is killed loses what it counted in the last seconds, no more, and the
// file is whole.
func TestKilledProcess(t *testing.T) {
	if path := os.Getenv("CENSUS_TEST_FILE"); path != "" {
		c := New(path, time.Hour, nil, zaptest.NewLogger(t))
		for n := 0; ; n++ {
			c.pending.add(Call{Caller: node, At: time.Now(), Route: "images.show"})
			if n%100 == 99 {
				if err := c.flush(context.Background()); err != nil {
					t.Fatal(err)
				}
				fmt.Println("written", n+1)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "census.sqlite")
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
	cmd.Env = append(os.Environ(), "CENSUS_TEST_FILE="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	written := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "written %d", &written)
		if written == 500 { // and it goes on
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait()
	r := reportOf(t, open(t, path))
	if len(r.Callers) != 1 || written == 0 {
		t.Fatalf("%d written: %+v", written, r)
	}
	if got := r.Callers[0].Reads; got < int64(written) || got > int64(written+100) {
		t.Errorf("%d calls are kept of at least %d", got, written)
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		rpc          bool
		agent, query string
		want         Kind
	}{
		{true, "", "", GlanceAPIv2},
		{false, "", "limit=3", GlanceAPIv1},
		{false, "", "deleted=True&is_public=none&status=pending_delete", Scrubber},
		{false, "check_http/v2.3.3 (monitoring-plugins 2.3.3)", "", Monitoring},
		{false, "kube-probe/1.30", "", Monitoring},
		{true, "curl/8.5.0", "", Script},
		{false, "python-requests/2.31", "", Script},
	} {
		if got := KindOf(c.rpc, c.agent, c.query); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

// Whatever is sent, the texts that are kept are short and printable, and cleaning them
// again changes nothing.
func FuzzPrintable(f *testing.F) {
	f.Add("curl/8.5.0", 8)
	f.Add("\xff\x00é€\n", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = max(1, limit%200)
		got := printable(s, limit)
		if again := printable(got, len(got)); again != got || strings.ContainsAny(got, "\x00\n\r\x1b") {
			t.Errorf("%q becomes %q, then %q", s, got, again)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	var p pending
	call := Call{Caller: Caller{Peer: "10.0.0.7", Project: "p1", Agent: "python-requests/2.31", Kind: Script}, At: time.Now(), Route: "images.show"}
	b.ReportAllocs()
	for b.Loop() {
		p.add(call)
	}
}
