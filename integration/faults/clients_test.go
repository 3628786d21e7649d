package faults

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/faults/scenario"
	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// crowd runs clients until the function that it returns is called.
func crowd(count int, client func(stopped func() bool)) (end func()) {
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range count {
		all.Go(func() {
			client(func() bool {
				select {
				case <-stop:
					return true
				default:
					return false
				}
			})
		})
	}
	return func() { close(stop); all.Wait() }
}

// wire is a request as it is sent.
func wire(method, path, body string) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Identity-Status: Confirmed\r\nX-Roles: admin\r\nX-Project-Id: owner\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", method, path, len(body), body)
}

// dial connects to a site.
func dial(url string) (*net.TCPConn, error) {
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}

// recommended is what Caddyfile.example has against clients that are slow.
const recommended = "servers {\ntimeouts {\nread_body_idle 30s\nwrite_idle 30s\nwrite 5m\n}\n}"

// Some clients leave in the middle of a request, others send theirs byte by byte.
// The clients beside them notice nothing.
func TestBadClientsUnderLoad(t *testing.T) {
	kinds := []struct {
		name   string
		count  int
		client func(url string, stopped func() bool)
	}{{"leave", 20, leaves}, {"send slowly", 500, sendsSlowly}}
	for _, dialect := range on(servers.PostgreSQL) {
		for _, kind := range kinds {
			t.Run(string(dialect)+"/"+kind.name, func(t *testing.T) {
				db := servers.NewDatabase(t, dialect)
				g := gateways.Start(t, recommended, site(db.URL, ""))
				l := scenario.Begin(t, db, g.URLs)
				end := crowd(kind.count, func(stopped func() bool) { kind.client(g.URLs[0], stopped) })
				l.Work(lasts(2*time.Second, time.Minute))
				end()
				l.Work(500 * time.Millisecond)
				l.End("clients that "+kind.name, g.Peak(t), scenario.Bounds{Longest: mostInterference, Peak: mostMemory})
			})
		}
	}
}

// leaves begins requests and closes the connection somewhere on the way.
func leaves(url string, stopped func() bool) {
	requests := []string{
		wire("GET", "/images/detail?is_public=none", ""),
		wire("POST", "/images", `{"image": {"name": "left", "status": "queued"}}`),
		wire("POST", "/rpc", `[{"command": "image_get_all", "kwargs": {}}]`),
	}
	for !stopped() {
		c, err := dial(url)
		if err != nil {
			continue
		}
		text := requests[rand.IntN(len(requests))]
		if rand.IntN(2) == 0 {
			text = text[:rand.IntN(len(text))]
		}
		_, _ = c.Write([]byte(text))
		time.Sleep(rand.N(5 * time.Millisecond))
		if rand.IntN(2) == 0 {
			_ = c.SetLinger(0)
		}
		_ = c.Close()
	}
}

// sendsSlowly is one byte at a time, in header or body.
func sendsSlowly(url string, stopped func() bool) {
	for !stopped() {
		c, err := dial(url)
		if err != nil {
			continue
		}
		text := wire("POST", "/rpc", `[{"command": "image_get_all", "kwargs": {}}]`)
		if rand.IntN(2) == 0 { // but for the end of the body
			_, _ = c.Write([]byte(text[:len(text)-40]))
			text = text[len(text)-40:]
		}
		for n := 0; n < len(text) && !stopped(); n++ {
			if _, err := c.Write([]byte{text[n]}); err != nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		_ = c.Close()
	}
}
