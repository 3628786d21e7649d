package imagesv1

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/glancegate/glancegate/integration/ruletest"
)

// A client that sends all of its data before it reads learns why they are refused.
func TestRefusedData(t *testing.T) {
	c := newCached(t)
	path := c.queued(t, "status", "active", "size", json.Number("5"))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route, _ := Match(r)
		c.api.Serve(w, r, route, ruletest.Owner)
	}))
	defer s.Close()
	connection, err := net.Dial("tcp", s.Listener.Addr().String())
	ruletest.Must(t, err)
	defer connection.Close()
	answers := bufio.NewReader(connection)
	for range 2 { // the connection can be used again
		const size = 16 << 20
		_, err = fmt.Fprintf(connection, "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", path, size)
		ruletest.Must(t, err)
		for n := 0; n < size; n += 1 << 20 {
			_, err := connection.Write(make([]byte, 1<<20))
			ruletest.Must(t, err)
		}
		answer, err := http.ReadResponse(answers, nil)
		ruletest.Must(t, err)
		_, _ = io.Copy(io.Discard, answer.Body)
		if answer.StatusCode != http.StatusConflict {
			t.Fatal(answer.Status)
		}
	}
}
