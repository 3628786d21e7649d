package imagesv1

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
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
	transport := &http.Transport{MaxIdleConnsPerHost: connections, WriteBufferSize: 64 << 10, ReadBufferSize: 64 << 10}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	rate := func(b *testing.B, clients int, method, url string) float64 {
		b.Helper()
		var n atomic.Int64
		var group sync.WaitGroup
		start := time.Now()
		for range clients {
			group.Go(func() {
				for time.Since(start) < 3*time.Second {
					if err := p.fetch(b, client, method, url); err != nil {
						b.Error(err)
						return
					}
					n.Add(1)
				}
			})
		}
		group.Wait()
		return float64(n.Load()) / time.Since(start).Seconds()
	}
	b.Run("metadata", func(b *testing.B) {
		ours, theirs := rate(b, connections, "HEAD", p.url+path), rate(b, connections, "GET", p.glance.BaseURL+"/v2/images/"+id)
		b.ReportMetric(ours, "HEAD/s")
		b.ReportMetric(theirs, "v2-GET/s")
		b.ReportMetric(ours/theirs, "x")
	})
	b.Run("data", func(b *testing.B) {
		var ours, plain float64
		for range 3 { // in turns
			ours += rate(b, 1, "GET", p.url+path)
			plain += rate(b, 1, "GET", p.url+"/v2/images/"+id+"/file")
		}
		mib := float64(p.most) / mebibyte / 3
		b.ReportMetric(ours*mib, "MiB/s")
		b.ReportMetric(plain*mib, "proxy-MiB/s")
		b.ReportMetric(ours/plain, "x")
	})
}

// connections are those of the clients that ask for metadata.
const connections = 8

// fetch sends one request and reads the answer to its end.
func (p *place) fetch(b *testing.B, client *http.Client, method, url string) error {
	r, err := http.NewRequestWithContext(b.Context(), method, url, nil)
	if err != nil {
		return err
	}
	r.Header.Set("X-Auth-Token", p.token)
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err = io.Copy(io.Discard, response.Body); err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	return err
}
