package conformance

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
)

// serve answers each request with the bytes that a function gives for it. For an
// empty answer it closes the connection.
func serve(t *testing.T, respond func(request string) string) (baseURL string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serveConn(conn, respond)
		}
	}()
	return "http://" + l.Addr().String()
}

func serveConn(conn net.Conn, respond func(string) string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		request, err := readRequest(r)
		if err != nil {
			return
		}
		text := respond(request)
		if text == "" {
			return
		}
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
	}
}

// readRequest reads the bytes of one request.
func readRequest(r *bufio.Reader) (string, error) {
	var b strings.Builder
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return "", err
		}
		b.WriteString(line)
		if n, found := strings.CutPrefix(line, "Content-Length: "); found {
			length, _ = strconv.Atoi(strings.TrimSpace(n))
		}
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	_, err := io.ReadFull(r, body)
	return b.String() + string(body), err
}
