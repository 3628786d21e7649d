package publicreads

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache"
)

// many has so many answers of a hundred bytes.
func many(t testing.TB, answers int) *Reads {
	t.Helper()
	r := New(Config{Cache: cache.New(cache.Config{Store: none{}, Size: 256 << 20, TTL: time.Hour}), TTL: time.Hour, Schemas: true, MaxBody: 1 << 20})
	for n := range answers {
		asking, ok := r.config.Cache.Ask(manyKey(n), cache.OnNothing, "")
		if !ok || !asking.Keep(t.Context(), cache.Answer{ContentType: "application/json", Body: make([]byte, 100)}, time.Hour, cache.Shown{}) {
			t.Fatal("an answer is not kept")
		}
		asking.Done()
	}
	return r
}

func manyKey(n int) cache.AnswerKey {
	var text [8]byte
	binary.BigEndian.PutUint64(text[:], uint64(n))
	return sha256.Sum256(text[:])
}

// nowhere takes answers and forgets them.
type nowhere struct{ header http.Header }

func (w nowhere) Header() http.Header            { return w.header }
func (w nowhere) Write(text []byte) (int, error) { return len(text), nil }
func (w nowhere) WriteHeader(int)                {}

// hit gives one of the answers.
func hit(t testing.TB, r *Reads, w http.ResponseWriter, n int) {
	a, ok := r.Find(manyKey(n))
	if !ok {
		t.Fatal("an answer is not found")
	}
	if err := Answer(w, a, "req-mine"); err != nil {
		t.Fatal(err)
	}
}

// How many answers there are makes no difference to the allocations of a hit.
func TestAllocationsOfAHit(t *testing.T) {
	var counts []float64
	for _, answers := range []int{1_000, 100_000} {
		r, w := many(t, answers), nowhere{http.Header{}}
		n := 0
		counts = append(counts, testing.AllocsPerRun(1000, func() { hit(t, r, w, n*7919%answers); n++ }))
	}
	if counts[0] != counts[1] {
		t.Errorf("a hit among 1,000 answers takes %v allocations, one among 100,000 takes %v", counts[0], counts[1])
	}
	w := httptest.NewRecorder()
	hit(t, many(t, 1), w, 0)
	if w.Code != http.StatusOK || w.Body.Len() != 100 {
		t.Errorf("the answer is %d, %d bytes", w.Code, w.Body.Len())
	}
}

// BenchmarkHit measures a hit among few and many answers.
func BenchmarkHit(b *testing.B) {
	for name, answers := range map[string]int{"1e3": 1_000, "1e5": 100_000} {
		b.Run(name, func(b *testing.B) {
			r, w := many(b, answers), nowhere{http.Header{}}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				hit(b, r, w, n*7919%answers)
			}
		})
	}
}
