package mysqlconn

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"syscall"
)

// greetingKey is the context key for where dialing puts the greeting.
type greetingKey struct{}

// greeting is a connection that notes the id that the server, or a proxy, gives it.
// The driver does not expose it.
type greeting struct {
	net.Conn
	head []byte // the bytes read so far; nil once id is known
	id   uint32 // 0: unknown
}

// maxGreeting bounds head. The version before the id is short.
const maxGreeting = 512

// Read implements net.Conn.
func (g *greeting) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if g.head != nil {
		g.parse(p[:n])
	}
	return n, err
}

// parse reads the first packet: a header of four bytes, the protocol version, the
// server's version, which a zero ends, and the id.
func (g *greeting) parse(read []byte) {
	g.head = append(g.head, read...)
	const before = 5
	if len(g.head) > before {
		if end := bytes.IndexByte(g.head[before:], 0); end >= 0 && len(g.head) >= before+end+1+4 {
			g.id = binary.LittleEndian.Uint32(g.head[before+end+1:])
			g.head = nil
			return
		}
	}
	if len(g.head) > maxGreeting {
		g.head = nil
	}
}

// SyscallConn implements syscall.Conn, which the driver needs to see whether an idle
// connection is still open.
func (g *greeting) SyscallConn() (syscall.RawConn, error) {
	if c, ok := g.Conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.New("the connection has no file descriptor")
}
