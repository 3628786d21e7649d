package conformance

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// requestLimit bounds one request with its answer.
const requestLimit = time.Minute

// client sends requests byte by byte as they are recorded: net/http would clean
// the path, write header names its own way and add headers.
type client struct {
	host   string // with the port
	prefix string // of every path
	conn   net.Conn
	reader *bufio.Reader
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newClient(baseURL string) (*client, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" || u.Port() == "" {
		return nil, fmt.Errorf("%s: want http://host:port", baseURL)
	}
	return &client{host: u.Host, prefix: strings.TrimSuffix(u.Path, "/")}, nil
}

// send sends a request over the connection kept from the one before. If the
// server has closed that in the meantime, it does so again over a new one.
func (c *client) send(r Request, taken captures) (*answer, error) {
	message := c.encode(r, taken)
	reused := c.conn != nil
	a, err := c.exchange(r.Method, message)
	if err != nil && reused {
		a, err = c.exchange(r.Method, message)
	}
	return a, err
}

func (c *client) exchange(method string, message []byte) (a *answer, err error) {
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if c.conn == nil {
		if c.conn, err = net.DialTimeout("tcp", c.host, requestLimit); err != nil {
			return nil, err
		}
		c.reader = bufio.NewReader(c.conn)
	}
	if err := c.conn.SetDeadline(time.Now().Add(requestLimit)); err != nil {
		return nil, err
	}
	if _, err := c.conn.Write(message); err != nil {
		return nil, err
	}
	// The method decides whether the answer has a body.
	response, err := http.ReadResponse(c.reader, &http.Request{Method: method})
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.Close {
		c.close()
	}
	return &answer{response.StatusCode, response.Header, body}, nil
}

func (c *client) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// encode is the request as it goes over the wire.
func (c *client) encode(r Request, taken captures) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s%s HTTP/1.1\r\nHost: %s\r\n", r.Method, c.prefix, taken.fillPath(r.Path), c.host)
	hasType := false
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		fmt.Fprintf(&b, "%s: %s\r\n", name, r.Headers[name])
		hasType = hasType || strings.EqualFold(name, "Content-Type")
	}
	body, present := r.payload(taken)
	if present {
		if !hasType {
			b.WriteString("Content-Type: application/json\r\n")
		}
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// payload is the body, and whether there is one at all.
func (r Request) payload(taken captures) ([]byte, bool) {
	switch {
	case len(r.Body) > 0:
		return taken.fillBody(r.Body), true
	case r.BodyRaw != nil:
		return []byte(*r.BodyRaw), true
	case r.BodyBase64 != nil:
		return *r.BodyBase64, true
	}
	return nil, false
}
