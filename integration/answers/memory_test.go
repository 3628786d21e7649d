package answers

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/servers"
)

// send sends a request of an administrator on a connection of its own, and reads
// the header of the answer.
func send(t *testing.T, g *gateways.Gateway, method, path, body string) (*http.Response, net.Conn, error) {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(g.URLs[0], "http://"))
	if err != nil {
		return nil, nil, err
	}
	r, err := http.NewRequest(method, g.URLs[0]+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"X-Identity-Status": {"Confirmed"}, "X-User-Id": {"u"}, "X-Project-Id": {"p"}, "X-Roles": {"admin"}, "Content-Type": {"application/json"},
	}
	if err := r.Write(connection); err != nil {
		connection.Close()
		return nil, nil, err
	}
	res, err := http.ReadResponse(bufio.NewReader(connection), r)
	if err != nil {
		connection.Close()
		return nil, nil, err
	}
	return res, connection, nil
}

// checkPeak compares the memory that the gateway took with what it may.
func checkPeak(t *testing.T, g *gateways.Gateway, what string) {
	t.Helper()
	peak := g.Peak(t)
	t.Logf("%s: peak memory %d MiB, of %d + %d", what, peak/mib, allowed/mib, besides/mib)
	if peak > allowed+besides {
		t.Errorf("%s: the gateway took %d MiB", what, peak/mib)
	}
}

// A bulk request for all images many times does not take more memory than one
// for them once: results are sent as they are made.
func TestBulkOfLists(t *testing.T) {
	onEachServer(t, func(t *testing.T, dialect servers.Kind) {
		g := start(t, dialect, "")
		lists := 30
		if *full {
			lists = 100
		}
		res, connection, err := send(t, g, "POST", "/rpc", bulk(lists))
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatal(res.Status)
		}
		bytes := checkLists(t, res.Body, lists)
		checkPeak(t, g, fmt.Sprintf("%d lists, %d MiB of answer", lists, bytes/mib))
	})
}

// checkLists reads an answer, each of whose results has all images, or is an error
// since the time of the request is over.
func checkLists(t *testing.T, body io.Reader, lists int) (bytes int64) {
	t.Helper()
	counted := &countingReader{Reader: body}
	d := json.NewDecoder(counted)
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	found := 0
	for ; d.More(); found++ {
		var result json.RawMessage
		if err := d.Decode(&result); err != nil {
			t.Fatalf("result %d: %v", found, err)
		}
		late := strings.HasPrefix(string(result), `{"_error"`) && !strings.Contains(string(result), "limits answers")
		if n := strings.Count(string(result), `"min_ram"`); n != images && !late {
			t.Errorf("result %d has %d images: %.200s", found, n, result)
		}
	}
	if _, err := d.Token(); err != nil || found != lists {
		t.Errorf("%d results, %v", found, err)
	}
	return counted.bytes
}

type countingReader struct {
	io.Reader
	bytes int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.bytes += int64(n)
	return n, err
}

// Clients that do not read their answers leave the memory for them to others only
// when they are cut off. Small requests are answered all the same.
func TestClientsThatDoNotRead(t *testing.T) {
	onEachServer(t, func(t *testing.T, dialect servers.Kind) {
		g := start(t, dialect, "")
		const clients = 60
		var asking sync.WaitGroup
		var mu sync.Mutex
		statuses := map[int]int{}
		for range clients {
			asking.Go(func() {
				res, connection, err := send(t, g, "POST", "/rpc", bulk(1))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
				t.Cleanup(func() { connection.Close() })
				statuses[res.StatusCode]++
				if res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") == "" {
					t.Error("a 503 without Retry-After")
				}
			})
		}
		asking.Wait()
		if statuses[http.StatusOK] == 0 || statuses[http.StatusOK]+statuses[http.StatusServiceUnavailable] != clients {
			t.Errorf("statuses %v", statuses)
		}
		began := time.Now()
		for _, path := range []string{"/images/00000000-0000-4000-8000-000000000007", "/images?limit=25"} {
			res, connection, err := send(t, g, "GET", path, "")
			if err != nil {
				t.Fatal(err)
			}
			connection.Close()
			if res.StatusCode != http.StatusOK {
				t.Errorf("GET %s: %s", path, res.Status)
			}
		}
		checkPeak(t, g, fmt.Sprintf("%d clients, statuses %v, small requests after that took %v", clients, statuses, time.Since(began)))
	})
}
