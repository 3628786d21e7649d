package benchmark

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// connection sends ready-made requests over one kept connection. The client of
// net/http works as hard as a server does, and on the cores that are measured.
type connection struct {
	net.Conn
	in   *bufio.Reader
	body []byte // of the last answer
}

// dial connects clients to a site.
func dial(b testing.TB, clients int, baseURL string) []*connection {
	b.Helper()
	connections := make([]*connection, clients)
	for n := range connections {
		c, err := net.Dial("tcp", strings.TrimPrefix(baseURL, "http://"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = c.Close() })
		connections[n] = &connection{Conn: c, in: bufio.NewReader(c)}
	}
	return connections
}

var errEmpty = errors.New("the answer is empty, or has no Content-Length")

// patience is how long an answer may take.
const patience = time.Minute

// exchange sends a request and reads the answer, which must be a 200 with a body.
func (c *connection) exchange(request []byte) error {
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := c.Write(request); err != nil {
		return err
	}
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	ok := bytes.HasPrefix(status, []byte("HTTP/1.1 200 "))
	problem := ""
	if !ok {
		problem = string(status)
	}
	length := -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) == len("\r\n") {
			break
		}
		if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if length <= 0 {
		return errEmpty // a site that does not know the host answers so
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	if _, err := io.ReadFull(c.in, c.body); err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%s: %s", problem, c.body)
	}
	return nil
}

// overHTTP is a side that sends the requests in turn to a site.
func overHTTP(b *testing.B, name, baseURL string, clients int, requests []request) side {
	b.Helper()
	connections := dial(b, clients, baseURL)
	texts := make([][]byte, len(requests))
	for n, r := range requests {
		texts[n] = r.wire(b, baseURL)
	}
	return side{name, func(client, n int) error { return connections[client].exchange(texts[n%len(texts)]) }}
}

// answered is the answer to a request that prepares a measurement, which must succeed.
func answered(b *testing.B, r kit.Request) []byte {
	b.Helper()
	a, err := r.Send(b.Context())
	if err != nil {
		b.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	if a.StatusCode >= http.StatusMultipleChoices {
		b.Fatalf("%s %s: %s %s", r.Method, r.URL, a.Status, a.Text)
	}
	return a.Text
}
