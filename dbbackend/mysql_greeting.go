package dbbackend

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"syscall"
)

// greetingKey finds in the context of a new connection where its greeting is
// put.
type greetingKey struct{}

// greeting is a connection to MySQL that notes by which id the other end, a server
// or a proxy, knows it. The driver does not tell it.
type greeting struct {
	net.Conn
	head []byte // what has been read so far; nil once id is known
	id   uint32 // 0: not known
}

// maxGreeting bounds what is looked at. The version in front of the id is short.
const maxGreeting = 512

// Read implements net.Conn.
func (g *greeting) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if g.head != nil {
		g.look(p[:n])
	}
	return n, err
}

// look reads the first packet: a header of four bytes, the version of the
// protocol, that of the server, which a zero ends, and the id.
func (g *greeting) look(read []byte) {
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

// SyscallConn implements syscall.Conn, by which the driver sees whether an idle
// connection is still open.
func (g *greeting) SyscallConn() (syscall.RawConn, error) {
	if c, ok := g.Conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.New("the connection has no file descriptor")
}
