package shadow

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/glancegate/glancegate/integration/kit"
)

// beside starts a shadow of an old service.
func beside(t *testing.T, old http.HandlerFunc, serveOld bool) (*Shadow, *Ledger, *observer.ObservedLogs) {
	t.Helper()
	server := httptest.NewServer(old)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.InfoLevel)
	l := NewLedger()
	l.Keep(10)
	return New(Config{Old: u, ServeOld: serveOld, Ledger: l, Logger: zap.New(core), FirstPause: time.Millisecond}), l, logs
}

// reading is an exchange whose gateway answers a text.
func reading(body func() string) *Exchange {
	x := exchange(false, "images.show")
	x.Gateway = func(context.Context, *Request) (*Answer, error) { return answer(200, body()), nil }
	return x
}

// served lets a copy have an answer.
func (s *Shadow) served(body string) *Copy {
	c := s.NewCopy()
	w := c.Writer(httptest.NewRecorder())
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body)
	return c
}

func answering(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}
}

// A shadow whose old service never answers ends all the same, with nothing left behind.
func TestClose(t *testing.T) {
	defer goleak.VerifyNone(t)
	held := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-held }))
	defer server.Close()
	defer close(held)
	u, _ := url.Parse(server.URL)
	l := NewLedger()
	s := New(Config{Old: u, Ledger: l, Logger: zap.NewNop()})
	for range 2 * queueSize {
		s.Offer(reading(func() string { return "{}" }), s.served("{}"))(true)
	}
	start := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	s.Offer(reading(func() string { return "{}" }), s.served("{}"))(true)
	if took := time.Since(start); took > askTimeout/2 || s.copies.Load() != 0 || l.Report().Skipped[QueueFull] == 0 {
		t.Errorf("took %v, %d bytes are left, skipped %v", took, s.copies.Load(), l.Report().Skipped)
	}
}

// What changed between the two readings is no difference; what stays is one; and what
// always changes can't be compared.
func TestSettle(t *testing.T) {
	var n atomic.Int64
	for name, c := range map[string]struct {
		served, old string
		again       func() string
		compared    int64
		different   int64
	}{
		"raced":    {`{"a": 1}`, `{"a": 2}`, func() string { return `{"a": 2}` }, 0, 0},
		"stays":    {`{"a": 1}`, `{"a": 2}`, func() string { return `{"a": 1}` }, 1, 1},
		"is stale": {`{"a": 0}`, `{"a": 2}`, func() string { return `{"a": 1}` }, 1, 1},
		"changing": {`{"a": 1}`, `{"a": "x"}`, func() string { return `{"a": ` + string('0'+byte(n.Add(1)%10)) + `}` }, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, l, _ := beside(t, answering(c.old), false)
			defer s.Close()
			s.Offer(reading(c.again), s.served(c.served))(true)
			kit.Wait(t, "compared", func() bool { r := l.Report(); return r.Compared+r.Skipped[Raced] == 1 })
			if r := l.Report(); r.Compared != c.compared || r.Different != c.different {
				t.Errorf("compared %d, different %d, skipped %v", r.Compared, r.Different, r.Skipped)
			}
			kit.Wait(t, "free of copies", func() bool { return s.copies.Load() == 0 })
		})
	}
}

// A body that is too large is passed on, and not compared.
func TestTooLarge(t *testing.T) {
	s, l, _ := beside(t, answering("{}"), false)
	defer s.Close()
	c := s.NewCopy()
	client := httptest.NewRecorder()
	body := strings.Repeat("x", maxBody+1)
	_, _ = io.WriteString(c.Writer(client), body)
	s.Offer(reading(func() string { return "{}" }), c)(true)
	kit.Wait(t, "skipped", func() bool { return l.Report().Skipped[TooLarge] == 1 && s.copies.Load() == 0 })
	if client.Body.String() != body {
		t.Errorf("the client got %d bytes", client.Body.Len())
	}
	r := httptest.NewRequest("POST", "/rpc", strings.NewReader(body))
	c = s.NewCopy()
	again, known := c.ReadAhead(r)
	if got, err := io.ReadAll(again.Body); err != nil || string(got) != body || known != nil {
		t.Errorf("%d bytes of the request, %v", len(got), err)
	}
	c.Close()
}

// The log says once that the old service fails, and once that it is back.
func TestFailuresAreLoggedOnce(t *testing.T) {
	var fails atomic.Bool
	fails.Store(true)
	s, _, logs := beside(t, func(w http.ResponseWriter, r *http.Request) {
		if fails.Load() {
			panic(http.ErrAbortHandler)
		}
		answering("{}")(w, r)
	}, true)
	defer s.Close()
	r := httptest.NewRequest("GET", "/images", nil)
	for range 5 {
		if err := s.Forward(httptest.NewRecorder(), r, true); err == nil {
			t.Fatal("no error")
		}
	}
	if got := logs.FilterMessage("the old registry does not answer").Len(); got != 1 || s.Report().Service.Reachable {
		t.Errorf("logged %d times, %+v", got, s.Report().Service)
	}
	fails.Store(false)
	if err := s.Forward(httptest.NewRecorder(), r, true); err != nil {
		t.Fatal(err)
	}
	if got := logs.FilterMessage("the old registry answers again").Len(); got != 1 || !s.Report().Service.Reachable || s.Failures() != 5 {
		t.Errorf("logged %d times, %+v, %d failures", got, s.Report().Service, s.Failures())
	}
}

// Every command that writes an image, a member, a tag, a task or a definition is read back.
func TestReadBack(t *testing.T) {
	for _, c := range []struct{ command, kwargs, result, read, args string }{
		{"image_create", `{"values": {}}`, `{"id": "i"}`, "image_get", `{"image_id": "i", "force_show_deleted": true}`},
		{"image_update", `{"image_id": "i", "v1_mode": true}`, `{}`, "image_get", `{"image_id": "i", "force_show_deleted": true, "v1_mode": true}`},
		{"image_property_create", `{"values": {"image_id": "i"}}`, `{}`, "image_get", `{"image_id": "i", "force_show_deleted": true}`},
		{"image_member_delete", `{"memb_id": 3}`, `{"image_id": "i"}`, "image_member_find", `{"image_id": "i"}`},
		{"image_tag_set_all", `{"image_id": "i"}`, `null`, "image_tag_get_all", `{"image_id": "i"}`},
		{"task_update", `{"task_id": "t"}`, `{}`, "task_get", `{"task_id": "t", "force_show_deleted": true}`},
		{"metadef_object_create", `{"namespace_name": "n"}`, `{}`, "metadef_object_get_all", `{"namespace_name": "n"}`},
		{"metadef_resource_type_create", `{}`, `{}`, "metadef_resource_type_get_all", `{}`},
		{"image_member_delete", `{"memb_id": 3}`, `null`, "", ""},
		{"image_update", `{"image_id": "i"}`, `{"_error": {"cls": "x"}}`, "", ""},
	} {
		x := exchange(true, "rpc."+c.command)
		x.Request.Body = []byte(`[{"command": "` + c.command + `", "kwargs": ` + c.kwargs + `}]`)
		want := ""
		if c.read != "" {
			want = `[{"command": "` + c.read + `", "kwargs": ` + c.args + `}]`
		}
		got := ""
		for _, read := range readBack(x, answer(200, "["+c.result+"]")) {
			got += string(read.Request.Body)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", c.command, got, want)
		}
	}
}

// Pages after a row whose sort value is null differ as documented; other pages must not.
func TestPagesAfterNull(t *testing.T) {
	v1 := func(query string) *Exchange {
		x := exchange(false, "images.index")
		x.Request.URL.RawQuery = query
		return x
	}
	rpc := exchange(true, "rpc.image_get_all")
	rpc.Request.Body = []byte(`[{"command": "image_get_all", "kwargs": {"marker": "m", "sort_key": ["size", "id"]}}]`)
	for name, c := range map[string]struct {
		*Exchange
		row     string // of the marker, as the gateway answers
		kind    Kind
		excused bool
	}{
		"null":           {v1("marker=m&sort_key=size"), `{"image": {"id": "m", "size": null}}`, Row, true},
		"null over RPC":  {rpc, `[{"id": "m", "size": null}]`, Order, true},
		"a value":        {v1("marker=m&sort_key=size"), `{"image": {"id": "m", "size": 1}}`, Row, false},
		"no marker":      {v1("sort_key=size"), `{"image": {"id": "m", "size": null}}`, Row, false},
		"a field":        {v1("marker=m&sort_key=size"), `{"image": {"id": "m", "size": null}}`, Field, false},
		"another key":    {v1("marker=m&sort_key=name"), `{"image": {"id": "m", "size": null}}`, Row, false},
		"unknown marker": {v1("marker=m&sort_key=size"), `{}`, Row, false},
	} {
		var asked *Request
		c.Gateway = func(_ context.Context, q *Request) (*Answer, error) {
			asked = q
			return answer(200, c.row), nil
		}
		s := &Shadow{ctx: t.Context()}
		found := &comparison{differences: []Difference{{Kind: c.kind}}}
		if got := s.excused(&suspect{Exchange: c.Exchange, found: found}); got != c.excused {
			t.Errorf("%s: excused %v", name, got)
		}
		if c.excused && asked.URL.Path != "/images/m" && !strings.Contains(string(asked.Body), `"image_id": "m"`) {
			t.Errorf("%s: asked %+v", name, asked)
		}
	}
}
