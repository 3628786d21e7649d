package benchmark

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/cachetest"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/publiccloud"
	"github.com/glancegate/glancegate/integration/servers"
)

// publicPlace is a gateway in front of a real glance-api, with images, and what it is
// compared with. Keystone was asked about the token before.
type publicPlace struct {
	token                     string
	ids                       []string
	glance, nginx             string // base URLs
	gateway, plain            string
	respondImage, respondList string
	admin                     cachetest.Admin
}

// publicImages are as many as a list shows by default.
const publicImages = 25

// BenchmarkPublicReads measures public reads: hits with wrk, which costs little itself,
// and everything over kept connections of one client and of two for each core. Speeds are
// given as shares of the speed of
//
//	respond  Caddy's handler of that name, giving the same bytes
//	nginx    its proxy_cache in front of glance-api, with the token in the key
//	glance   glance-api itself, a process for each core
//	proxy    Caddy's reverse_proxy in front of glance-api
//
// Clients and servers share the cores.
//
//	go test ./integration/benchmark -run '^$' -bench PublicReads/hits -benchtime 1x
//	go test ./integration/benchmark -run '^$' -bench 'PublicReads/(image|list)' -benchtime 9000x
//	go test ./integration/benchmark -run '^$' -bench 'PublicReads/(miss|mix)' -benchtime 900x
func BenchmarkPublicReads(b *testing.B) {
	p := newPublicPlace(b)
	b.Run("hits", func(b *testing.B) {
		b.Run("image", func(b *testing.B) { p.loadedHits(b, p.read("/v2/images/"+p.ids[0]), p.respondImage) })
		b.Run("list", func(b *testing.B) { p.loadedHits(b, p.read(publicList), p.respondList) })
	})
	b.Run("image", func(b *testing.B) { p.hits(b, p.read("/v2/images/"+p.ids[0]), p.respondImage) })
	b.Run("list", func(b *testing.B) { p.hits(b, p.read(publicList), p.respondList) })
	b.Run("miss", p.misses)
	b.Run("mix", p.mix)
}

const publicList = "/v2/images?limit=25"

func newPublicPlace(b *testing.B) *publicPlace {
	b.Helper()
	cloud := publiccloud.New(b, servers.NewEmptyDatabase(b, servers.MySQL))
	glance := servers.NewPublicGlanceAPI(b, cloud.DB, cloud.Identity(), fmt.Sprintf("[DEFAULT]\nworkers = %d", runtime.GOMAXPROCS(0)))
	p := &publicPlace{glance: glance.BaseURL, token: cloud.Keystone.User(b, "admin").Token(b)}
	for n := range publicImages {
		var made struct{ ID string }
		text := p.send(b, p.glance, request{method: http.MethodPost, path: "/v2/images", token: p.token, body: fmt.Sprintf(
			`{"name": "image %d", "visibility": "public", "disk_format": "qcow2", "container_format": "bare", "min_ram": 512,`+
				` "tags": ["linux", "lts"], "os_type": "linux", "os_distro": "debian", "hw_disk_bus": "virtio"}`, n)})
		if err := json.Unmarshal(text, &made); err != nil {
			b.Fatal(err)
		}
		p.ids = append(p.ids, made.ID)
	}
	image := p.send(b, p.glance, p.read("/v2/images/"+p.ids[0]))
	list := p.send(b, p.glance, p.read(publicList))
	g := gateways.Start(b, options, cloud.Site(cloud.DB.URL, "size 256MiB\npublic_reads {\nttl 1h\n}", p.glance),
		publiccloud.Proxy(p.glance), respondingWith(string(image)), respondingWith(string(list)))
	p.gateway, p.plain, p.respondImage, p.respondList, p.admin = g.URLs[0], g.URLs[1], g.URLs[2], g.URLs[3], g.Admin
	p.nginx = servers.NewNginx(b, p.glance, `proxy_cache_key "$request_uri $http_x_auth_token"; proxy_cache_valid 200 1h;`)
	p.send(b, p.gateway, p.read(publicList)) // connects the cache
	if err := p.admin.Await("ready", cachetest.Ready(1)); err != nil {
		b.Fatal(err)
	}
	return p
}

func (p *publicPlace) read(path string) request {
	return request{method: http.MethodGet, path: path, token: p.token}
}

// send sends a request that must succeed.
func (p *publicPlace) send(b *testing.B, base string, r request) []byte {
	b.Helper()
	return answered(b, kit.Request{Method: r.method, URL: base + r.path, Body: r.body, Header: http.Header{"X-Auth-Token": {r.token}}})
}

// found is how many answers came from the gateway's memory.
func (p *publicPlace) found(b *testing.B) (count int) {
	b.Helper()
	text := answered(b, kit.Request{Method: http.MethodGet, URL: string(p.admin) + "/glance_registry/cache/public_reads"})
	var report struct{ Hits int }
	if err := json.Unmarshal(text, &report); err != nil {
		b.Fatal(err)
	}
	return report.Hits
}

// eachLoad runs a measurement with one client, and with two for each core.
func eachLoad(b *testing.B, run func(b *testing.B, clients int)) {
	b.Run("one-client", func(b *testing.B) { run(b, 1) })
	b.Run("clients", func(b *testing.B) { run(b, 2*runtime.GOMAXPROCS(0)) })
}

// thinned does one operation of a side in so many: glance-api is a hundred times slower.
const thinned = 50

func thin(s side) side {
	return side{s.name, func(client, n int) error {
		if n%thinned != 0 {
			return nil
		}
		return s.run(client, n)
	}}
}

func (p *publicPlace) awaitKept(b *testing.B, r request) {
	b.Helper()
	kit.Wait(b, "kept", func() bool {
		before := p.found(b)
		p.send(b, p.gateway, r)
		return p.found(b) > before
	})
}

func (p *publicPlace) hits(b *testing.B, r request, respond string) {
	p.awaitKept(b, r)
	requests := []request{r}
	eachLoad(b, func(b *testing.B, clients int) {
		before := p.found(b)
		c := compare(b, clients,
			overHTTP(b, "gateway", p.gateway, clients, requests),
			overHTTP(b, "respond", respond, clients, requests),
			overHTTP(b, "nginx", p.nginx, clients, requests),
			thin(overHTTP(b, "glance-api", p.glance, clients, requests)))
		b.ReportMetric(c.share(1), "vs-respond")
		b.ReportMetric(c.share(2), "vs-nginx")
		b.ReportMetric(thinned*c.share(3), "vs-glance")
		b.ReportMetric(c.share(2)/c.share(1), "respond-vs-nginx") // what Caddy itself costs
		if hits := p.found(b) - before; hits < b.N*99/100 {
			b.Errorf("only %d of %d requests were hits: their rate says nothing", hits, b.N)
		}
	})
}

// loadedHits loads the sides with wrk.
func (p *publicPlace) loadedHits(b *testing.B, r request, respond string) {
	p.awaitKept(b, r)
	requests, before := []request{r}, p.found(b)
	side := func(name, base string) loaded {
		return loaded{name: name, run: wrkSide(b, base, wires(b, base, requests, false))}
	}
	sides := []loaded{side("gateway", p.gateway), side("respond", respond), side("nginx", p.nginx), side("glance", p.glance)}
	for b.Loop() {
		inTurns(b, sides)
	}
	if p.found(b) == before {
		b.Error("no hit: the rate says nothing")
	}
	for _, s := range sides[1:] {
		b.ReportMetric(sides[0].rate/s.rate, "vs-"+s.name)
	}
	b.ReportMetric(sides[0].rate, "op/s")
	b.ReportMetric(sides[1].rate/sides[2].rate, "respond-vs-nginx") // what Caddy itself costs
}

// misses asks for the same image in ever new ways, which are answered by glance-api and
// kept.
func (p *publicPlace) misses(b *testing.B) {
	eachLoad(b, func(b *testing.B, clients int) {
		asked := atomic.Int64{}
		c := compare(b, clients,
			p.anew(b, "gateway", p.gateway, clients, &asked),
			p.anew(b, "reverse_proxy", p.plain, clients, &asked))
		b.ReportMetric(c.share(1), "vs-proxy")
	})
}

// started differs between runs of a benchmark, which Go repeats with more operations.
var started = atomic.Int64{}

func (p *publicPlace) anew(b *testing.B, name, base string, clients int, asked *atomic.Int64) side {
	b.Helper()
	connections := dial(b, clients, base)
	prefix := fmt.Sprintf("/v2/images/%s?of=%d-%d&n=", p.ids[0], started.Add(1), time.Now().UnixNano())
	return side{name, func(client, _ int) error {
		r := p.read(fmt.Sprint(prefix, asked.Add(1)))
		return connections[client].exchange(r.wire(b, base))
	}}
}

// mix is what Nova, Cinder and Horizon send: images with their schema, and lists. Of a
// hundred requests five change an image, and so drop all lists.
func (p *publicPlace) mix(b *testing.B) {
	eachLoad(b, func(b *testing.B, clients int) {
		var reading [2]atomic.Int64
		c := compare(b, clients, p.mixed(b, "gateway", p.gateway, clients, &reading[0]), p.mixed(b, "glance-api", p.glance, clients, &reading[1]))
		b.ReportMetric(c.share(1), "vs-glance")
		b.ReportMetric(float64(reading[1].Load())/float64(reading[0].Load()), "reads-vs-glance")
	})
}

// mixed is a side that adds the time of its reads to reading.
func (p *publicPlace) mixed(b *testing.B, name, base string, clients int, reading *atomic.Int64) side {
	b.Helper()
	connections := dial(b, clients, base)
	schema, list := p.read("/v2/schemas/image").wire(b, base), p.read(publicList).wire(b, base)
	var shows [][]byte
	for _, id := range p.ids {
		shows = append(shows, p.read("/v2/images/"+id).wire(b, base))
	}
	return side{name, func(client, n int) error {
		if n%20 == 10 {
			r := request{
				method: http.MethodPatch, path: "/v2/images/" + p.ids[n/20%len(p.ids)], token: p.token, contentType: "application/openstack-images-v2.1-json-patch",
				body: fmt.Sprintf(`[{"op": "replace", "path": "/name", "value": "%d"}]`, n),
			}
			return connections[client].exchange(r.wire(b, base))
		}
		text := shows[n*7%len(shows)]
		switch n % 20 {
		case 1, 4, 7, 12, 15, 18:
			text = schema
		case 3, 9, 16:
			text = list
		}
		began := time.Now()
		err := connections[client].exchange(text)
		reading.Add(int64(time.Since(began)))
		return err
	}}
}
