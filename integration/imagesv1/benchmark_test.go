package imagesv1

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/servers"
)

// BenchmarkImagesV1 measures metadata from the cache against glance-api's own
// answer about the same image, and data against those that reverse_proxy passes on.
func BenchmarkImagesV1(b *testing.B) {
	servers.Require(b, servers.Glance)
	p := newPlace(b, servers.MySQL)
	path := p.active(b, p.most)
	id := path[strings.LastIndexByte(path, '/')+1:]
	rate := func(b *testing.B, method, url string) float64 {
		b.Helper()
		r, err := http.NewRequestWithContext(b.Context(), method, url, nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("X-Auth-Token", p.token)
		n := 0
		start := time.Now()
		for ; time.Since(start) < 3*time.Second; n++ {
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				b.Fatal(response.Status)
			}
		}
		return float64(n) / time.Since(start).Seconds()
	}
	b.Run("metadata", func(b *testing.B) {
		ours, theirs := rate(b, "HEAD", p.url+path), rate(b, "GET", p.glance.BaseURL+"/v2/images/"+id)
		b.ReportMetric(ours, "HEAD/s")
		b.ReportMetric(theirs, "v2-GET/s")
		b.ReportMetric(ours/theirs, "x")
	})
	b.Run("data", func(b *testing.B) {
		var ours, plain float64
		for range 3 { // in turns
			ours += rate(b, "GET", p.url+path)
			plain += rate(b, "GET", p.url+"/v2/images/"+id+"/file")
		}
		mib := float64(p.most) / mebibyte / 3
		b.ReportMetric(ours*mib, "MiB/s")
		b.ReportMetric(plain*mib, "proxy-MiB/s")
		b.ReportMetric(ours/plain, "x")
	})
}
