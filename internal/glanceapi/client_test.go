package glanceapi

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// A server, or a load balancer in front of it, ends an idle connection when it likes,
// also just when the next request is sent. What changes something can't be repeated, so
// it has a connection of its own.
func TestNoChangeOnAnIdleConnection(t *testing.T) {
	c, err := New(endsIdleConnections(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(context.Context) (Answer, error){
		"Upload": func(ctx context.Context) (Answer, error) {
			return c.Upload(ctx, nil, "id", io.MultiReader(strings.NewReader("data")), 4)
		},
		"Delete":      func(ctx context.Context) (Answer, error) { return c.Delete(ctx, nil, "id") },
		"AddLocation": func(ctx context.Context) (Answer, error) { return c.AddLocation(ctx, nil, "id", "file:///x") },
		"Import":      func(ctx context.Context) (Answer, error) { return c.Import(ctx, nil, "id", "http://x/") },
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // reads are repeated
				if _, status, err := c.TaskStates(t.Context(), nil, "id"); err != nil || status != http.StatusOK {
					t.Fatal(status, err)
				}
			}
			if answer, err := change(t.Context()); err != nil || answer.Status != http.StatusOK {
				t.Error(answer, err)
			}
		})
	}
}

// eventlet reads what is left of an upload that it has refused, unless it was asked to
// close the connection: then it does so, and the refusal can be lost on the way.
func TestRefusedUpload(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r, err := http.ReadRequest(bufio.NewReader(c))
			if err == nil {
				_, _ = io.WriteString(c, "HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n")
				if !r.Close {
					_, _ = io.Copy(io.Discard, c)
				}
			}
			_ = c.Close()
		}
	}()
	c, err := New("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		data := io.LimitReader(zeros{}, 64<<20)
		if answer, err := c.Upload(t.Context(), nil, "id", data, 64<<20); err != nil || answer.Status != http.StatusConflict {
			t.Fatal(answer, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type connectionKey struct{}

// endsIdleConnections answers one request on each connection, lets it open, and ends it
// with the next request. It returns its base URL.
func endsIdleConnections(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, connectionKey{}, new(int))
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			served := r.Context().Value(connectionKey{}).(*int)
			if *served++; *served > 1 {
				panic(http.ErrAbortHandler)
			}
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "{}")
		}),
	}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return "http://" + l.Addr().String()
}
