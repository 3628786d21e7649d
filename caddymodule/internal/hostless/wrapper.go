// Package hostless is a listener wrapper for health checks without a host. HAProxy
// sends them with `option httpchk GET /healthcheck HTTP/1.1`. Caddy and net/http
// answer HTTP/1.1 without the field Host with 400, which marks the node down; the old
// service answered.
package hostless

import (
	"bytes"
	"crypto/tls"
	"net"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

func init() {
	caddy.RegisterModule(Wrapper{})
}

// Wrapper adds the host `localhost` to the first request of a connection if it has no
// host, or an empty one. It looks at requests of plain HTTP/1.1 without a body whose
// head arrives at once, as that of a health check does.
type Wrapper struct{}

// CaddyModule returns the Caddy module information.
func (Wrapper) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "caddy.listeners.glance_registry",
		New: func() caddy.Module { return new(Wrapper) },
	}
}

// WrapListener implements caddy.ListenerWrapper.
func (Wrapper) WrapListener(l net.Listener) net.Listener { return listener{l} }

// UnmarshalCaddyfile sets up the module from Caddyfile tokens.
//
//	listener_wrappers {
//		glance_registry
//	}
func (Wrapper) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if d.NextArg() || d.NextBlock(0) {
		return d.Err("the listener wrapper glance_registry takes no argument and no block")
	}
	return nil
}

type listener struct{ net.Listener }

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if _, encrypted := c.(interface{ ConnectionState() tls.ConnectionState }); err != nil || encrypted {
		return c, err // the server must see a TLS connection
	}
	return &conn{Conn: c}, nil
}

// firstRead is the number of bytes of a connection that are examined.
const firstRead = 4096

// conn is a connection whose first bytes may be changed. Its reader asks for a few of
// them first, so that they are read into a buffer of our own.
type conn struct {
	net.Conn
	looked bool
	rest   []byte // what the reader has not asked for yet
}

// Read implements net.Conn.
func (c *conn) Read(buffer []byte) (int, error) {
	if !c.looked && len(buffer) > 0 {
		first := make([]byte, firstRead)
		n, err := c.Conn.Read(first)
		if n == 0 {
			return 0, err
		}
		c.looked, c.rest = true, first[:n]
		if changed, ok := withHost(c.rest); ok {
			c.rest = changed
		}
	}
	if c.rest == nil {
		return c.Conn.Read(buffer)
	}
	n := copy(buffer, c.rest)
	if c.rest = c.rest[n:]; len(c.rest) == 0 {
		c.rest = nil // and its memory
	}
	return n, nil
}

var (
	lineEnd = []byte("\r\n")
	headEnd = []byte("\r\n\r\n")
)

// withHost adds a host to the head of a request. ok is false if the request has a host,
// or is not of the kind that Wrapper examines.
func withHost(head []byte) (changed []byte, ok bool) {
	if !bytes.HasPrefix(head, []byte("GET ")) && !bytes.HasPrefix(head, []byte("HEAD ")) && !bytes.HasPrefix(head, []byte("OPTIONS ")) {
		return nil, false
	}
	line, fields, _ := bytes.Cut(head, lineEnd)
	if !bytes.HasSuffix(line, []byte(" HTTP/1.1")) || bytes.Index(head, headEnd) != len(head)-len(headEnd) {
		return nil, false
	}
	kept := make([]byte, 0, len(head)+len("Host: localhost\r\n"))
	kept = append(append(kept, line...), "\r\nHost: localhost\r\n"...)
	for field := range bytes.SplitSeq(bytes.TrimSuffix(fields, headEnd[2:]), lineEnd) {
		name, value, _ := bytes.Cut(field, []byte(":"))
		switch {
		case len(field) == 0:
		case !bytes.EqualFold(name, []byte("Host")):
			kept = append(append(kept, field...), lineEnd...)
		case len(bytes.TrimSpace(value)) > 0:
			return nil, false
		}
	}
	return append(kept, lineEnd...), true
}

// Interface guards
var (
	_ caddy.ListenerWrapper = (*Wrapper)(nil)
	_ caddyfile.Unmarshaler = (*Wrapper)(nil)
)
