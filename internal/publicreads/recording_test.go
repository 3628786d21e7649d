package publicreads

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/registry/records"
)

// none is a Store that must not be asked: what is asked panics.
type none struct{ records.Store }

// schemas keeps nothing but schemas, for which no database is needed.
func schemas(maxBody int64) *Reads {
	return New(Config{Cache: cache.New(cache.Config{Store: none{}, Size: 1 << 20, TTL: time.Hour}), TTL: time.Hour, Schemas: true, MaxBody: maxBody})
}

// give lets a recording have an answer, in pieces.
func give(rec *Recording, status int, header map[string]string, pieces ...string) {
	for name, value := range header {
		rec.Header().Set(name, value)
	}
	rec.WriteHeader(status)
	for _, piece := range pieces {
		_, _ = rec.Write([]byte(piece))
	}
}

func (r *Reads) sum() (n uint64) {
	for why := range Reasons {
		n += r.config.Counters.Refused[why].Load()
	}
	return n + r.config.Counters.Kept.Load()
}

func TestRecording(t *testing.T) {
	isJSON := map[string]string{"Content-Type": "application/json"}
	with := func(name, value string) map[string]string {
		return map[string]string{"Content-Type": "application/json", name: value}
	}
	for _, c := range []struct {
		what   string
		status int
		header map[string]string
		pieces []string
		want   Reason // Reasons: kept
	}{
		{"JSON", 200, isJSON, []string{`{"a"`, `: 1}`}, Reasons},
		{"with its length", 200, with("Content-Length", "8"), []string{`{"a": 1}`}, Reasons},
		{"with parameters", 200, with("Content-Type", "application/json; charset=UTF-8"), []string{`{}`}, Reasons},
		{"not found", 404, isJSON, []string{`{}`}, Unsuitable},
		{"no JSON", 200, with("Content-Type", "text/html"), []string{`{}`}, Unsuitable},
		{"no type", 200, nil, []string{`{}`}, Unsuitable},
		{"cut off", 200, with("Content-Length", "9"), []string{`{"a": 1}`}, Unsuitable},
		{"cut off without a length", 200, isJSON, []string{`{"a": 1`}, Mismatch},
		{"no object", 200, isJSON, []string{`[]`}, Mismatch},
		{"too large", 200, isJSON, []string{`{"a": "`, strings.Repeat("x", 100), `"}`}, TooLarge},
		{"too large by its length", 200, with("Content-Length", "101"), []string{`{}`}, TooLarge},
		{"a cookie", 200, with("Set-Cookie", "a=b"), []string{`{}`}, Unsuitable},
		{"compressed", 200, with("Content-Encoding", "gzip"), []string{`{}`}, Unsuitable},
		{"private", 200, with("Cache-Control", "max-age=1, Private"), []string{`{}`}, Unsuitable},
	} {
		r, w := schemas(100), httptest.NewRecorder()
		rec := r.Record(w, Read{Kind: Schema}, cache.AnswerKey{}, Asker{})
		give(rec, c.status, c.header, c.pieces...)
		ended := make(chan bool)
		rec.Keep(func() { go func() { ended <- true }() })
		<-ended
		if text := strings.Join(c.pieces, ""); w.Body.String() != text || w.Code != c.status {
			t.Errorf("%s: the client got %d %s", c.what, w.Code, w.Body)
		}
		_, kept := r.Find(cache.AnswerKey{})
		if kept != (c.want == Reasons) || r.sum() != 1 || !kept && r.config.Counters.Refused[c.want].Load() != 1 {
			t.Errorf("%s: kept: %v, %+v", c.what, kept, r.config.Counters)
		}
		if n := r.copied.Load(); n != 0 {
			t.Errorf("%s: %d bytes count as copied", c.what, n)
		}
	}
}

// What goes wrong in a comparison ends there.
func TestPanicInAComparison(t *testing.T) {
	reported := make(chan error, 1)
	r := schemas(1000)
	r.config.Report = func(err error) { reported <- err }
	rec := r.Record(httptest.NewRecorder(), Read{Kind: Schema}, cache.AnswerKey{}, Asker{})
	rec.read.Kind = Images // which asks the Store for a list, and that has none
	rec.listing = listing{limit: -1}
	give(rec, 200, map[string]string{"Content-Type": "application/json"}, `{"images": [], "schema": "/v2/schemas/images"}`)
	ended := make(chan bool)
	rec.Keep(func() { close(ended) })
	<-ended
	if err := <-reported; !strings.Contains(err.Error(), "panic") || r.config.Counters.Refused[Failed].Load() != 1 {
		t.Errorf("%v, %+v", err, r.config.Counters)
	}
}

// Comparisons that take long don't pile up.
func TestComparisonsAreBounded(t *testing.T) {
	r := schemas(1000)
	for range maxWorking {
		r.working <- struct{}{}
	}
	for n := range maxWaiting + 10 {
		rec := r.Record(httptest.NewRecorder(), Read{Kind: Schema}, cache.AnswerKey{byte(n)}, Asker{})
		give(rec, 200, map[string]string{"Content-Type": "application/json"}, `{}`)
		rec.Keep(nil)
	}
	if n := r.config.Counters.Refused[Busy].Load(); n != 10 {
		t.Errorf("%d refused, want 10", n)
	}
	for range maxWorking {
		<-r.working
	}
	kit.Wait(t, "all kept", func() bool { return r.config.Counters.Kept.Load() == maxWaiting })
	if n := r.copied.Load(); n != 0 {
		t.Errorf("%d bytes count as copied", n)
	}
}

// Copies of answers under way have a bound, too.
func TestCopiesAreBounded(t *testing.T) {
	r := schemas(maxCopied)
	first := r.Record(httptest.NewRecorder(), Read{Kind: Schema}, cache.AnswerKey{1}, Asker{})
	give(first, 200, map[string]string{"Content-Type": "application/json", "Content-Length": strconv.Itoa(maxCopied)})
	second := r.Record(httptest.NewRecorder(), Read{Kind: Schema}, cache.AnswerKey{2}, Asker{})
	give(second, 200, map[string]string{"Content-Type": "application/json"}, `{}`)
	second.Keep(nil)
	first.Drop()
	if n := r.config.Counters.Refused[Busy].Load(); n != 1 || r.copied.Load() != 0 {
		t.Errorf("%d refused, %d bytes count as copied", n, r.copied.Load())
	}
}

func TestAnswerHasItsOwnHeader(t *testing.T) {
	w := httptest.NewRecorder()
	if err := Answer(w, &cache.Answer{ContentType: "application/json", Body: []byte("{}")}, "req-1"); err != nil {
		t.Fatal(err)
	}
	if got := w.Result().Header; w.Code != http.StatusOK || got.Get("Content-Length") != "2" || got.Get("X-Openstack-Request-Id") != "req-1" {
		t.Errorf("%d %v", w.Code, got)
	}
}
