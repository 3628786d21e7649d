package faults

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// zeros is a body of so many bytes.
func zeros(size int64) io.Reader { return io.LimitReader(zero{}, size) }

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Images go through the gateway in both directions, beside its own clients. None
// of them stays in its memory.
func TestImagesPassThroughUnderLoad(t *testing.T) {
	size := lasts[int64](512<<20, 10<<30)
	glanceAPI := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			n, err := io.Copy(io.Discard, r.Body)
			fmt.Fprintf(w, "%d %v", n, err)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(size))
		_, _ = io.Copy(w, zeros(size))
	}))
	defer glanceAPI.Close()
	for _, dialect := range on(servers.MySQL) {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			g := gateways.Start(t, "", site(db.URL, "pass_through\nharden")+"\nreverse_proxy "+glanceAPI.URL)
			l := scenario.Begin(t, db, g.URLs)
			url := g.URLs[0] + "/v2/images/00000000-0000-4000-8000-000000000001/file"
			began := time.Now()
			res, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if n != size || err != nil {
				t.Errorf("%d bytes came down, and %v", n, err)
			}
			r, err := http.NewRequest(http.MethodPut, url, zeros(size))
			if err != nil {
				t.Fatal(err)
			}
			r.ContentLength = size
			if res, err = http.DefaultClient.Do(r); err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(res.Body)
			res.Body.Close()
			if want := fmt.Sprintf("%d <nil>", size); string(text) != want || err != nil {
				t.Errorf("of an upload %s came through, want %s; %v", text, want, err)
			}
			t.Logf("%d MiB down and up in %v", size>>20, time.Since(began))
			l.End("images pass through", g.Peak(t), scenario.Bounds{Longest: mostInterference, Peak: mostMemory})
		})
	}
}
