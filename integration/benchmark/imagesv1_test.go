package benchmark

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/publiccloud"
	"github.com/glancegate/glancegate/integration/servers"
)

// imagesV1 is a gateway with the Images API v1 in front of a real glance-api, and an
// image with data.
type imagesV1 struct {
	token, id       string
	glance, gateway string // base URLs
}

const (
	imagesV1Size  = 256 << 20
	imagesV1Turns = 6
)

// BenchmarkImagesV1 measures the Images API v1, in one run. The metadata of an image,
// which the gateway has in its cache, are asked for with wrk: by HEAD, and by GET in a
// list of one. Their rates are multiples of the rate at which glance-api, with a process for
// each core, answers a GET of the same image in its API v2. The rate of data is a share
// of that of the data that reverse_proxy passes on, over one connection. The sides take
// turns.
//
//	go test ./integration/benchmark -run '^$' -bench 'ImagesV1$' -benchtime 1x
func BenchmarkImagesV1(b *testing.B) {
	p := newImagesV1(b)
	b.Run("metadata", p.metadata)
	b.Run("data", p.data)
}

func newImagesV1(b *testing.B) *imagesV1 {
	b.Helper()
	cloud := publiccloud.New(b, servers.NewEmptyDatabase(b, servers.MySQL))
	glance := servers.NewPublicGlanceAPI(b, cloud.DB, cloud.Identity(), fmt.Sprintf("[DEFAULT]\nworkers = %d", runtime.GOMAXPROCS(0)))
	p := &imagesV1{glance: glance.BaseURL, token: cloud.Keystone.User(b, "admin").Token(b)}
	var made struct{ ID string }
	text := answered(b, kit.Request{
		Method: http.MethodPost, URL: p.glance + "/v2/images", Header: http.Header{"X-Auth-Token": {p.token}},
		Body: `{"name": "one", "visibility": "public", "disk_format": "raw", "container_format": "bare", "os_type": "linux", "hw_disk_bus": "virtio"}`,
	})
	if err := json.Unmarshal(text, &made); err != nil {
		b.Fatal(err)
	}
	p.id = made.ID
	answered(b, kit.Request{
		Method: http.MethodPut, URL: p.glance + "/v2/images/" + p.id + "/file",
		Header: http.Header{"X-Auth-Token": {p.token}, "Content-Type": {"application/octet-stream"}}, Body: bytes.NewReader(make([]byte, imagesV1Size)),
	})
	site := cloud.Site(cloud.DB.URL, "size 256MiB", p.glance)
	g := gateways.Start(b, options, strings.Replace(site, "pass_through\n", "pass_through\nimages_v1 "+p.glance+"\n", 1))
	p.gateway = g.URLs[0]
	p.measure(b, p.gateway+"/v1/images/"+p.id) // connects the cache
	if err := g.Admin.Await("ready", cachetest.Ready(1)); err != nil {
		b.Fatal(err)
	}
	return p
}

func (p *imagesV1) metadata(b *testing.B) {
	wire := func(base, method, path string) [][]byte {
		return [][]byte{request{method: method, path: path, token: p.token}.wire(b, base)}
	}
	sides := []loaded{
		{"HEAD", wrkSide(b, p.gateway, wire(p.gateway, http.MethodHead, "/v1/images/"+p.id)), 0},
		{"GET", wrkSide(b, p.gateway, wire(p.gateway, http.MethodGet, "/v1/images/detail?name=one&limit=1")), 0},
		{"v2-GET", wrkSide(b, p.glance, wire(p.glance, http.MethodGet, "/v2/images/"+p.id)), 0},
	}
	for b.Loop() {
		inTurns(b, sides)
	}
	theirs := sides[len(sides)-1].rate
	for _, s := range sides {
		b.ReportMetric(s.rate, s.name+"/s")
	}
	for _, s := range sides[:len(sides)-1] {
		b.ReportMetric(s.rate/theirs, s.name+"-vs-v2-GET")
	}
}

func (p *imagesV1) data(b *testing.B) {
	var ours, plain float64
	for b.Loop() {
		ours, plain = 0, 0
		for range imagesV1Turns {
			ours += p.measure(b, p.gateway+"/v1/images/"+p.id) / imagesV1Turns
			plain += p.measure(b, p.gateway+"/v2/images/"+p.id+"/file") / imagesV1Turns
		}
	}
	b.ReportMetric(ours, "MiB/s")
	b.ReportMetric(plain, "proxy-MiB/s")
	b.ReportMetric(ours/plain, "vs-proxy")
}

// measure downloads the data once and returns the rate in MiB/s.
func (p *imagesV1) measure(b *testing.B, url string) float64 {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("X-Auth-Token", p.token)
	start := time.Now()
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Body.Close()
	n, err := io.Copy(io.Discard, a.Body)
	if err != nil || n != imagesV1Size || a.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s, %d bytes of %d: %v", url, a.Status, n, imagesV1Size, err)
	}
	return float64(n) / (1 << 20) / time.Since(start).Seconds()
}
