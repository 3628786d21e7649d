package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/integration/kit"
)

// RedisServer is a Redis server of one test.
type RedisServer struct {
	URL    string // redis://host:port/0
	Socket string // the path of its Unix socket

	t       testing.TB
	port    int
	options []string
	process *process
}

// NewRedis starts a Redis server for one test and returns its URL. It starts in
// milliseconds, and databases within one server would share publications.
func NewRedis(t testing.TB) (url string) { return StartRedis(t).URL }

// StartRedis starts a Redis server for one test, with further options of its
// command line.
func StartRedis(t testing.TB, options ...string) *RedisServer {
	t.Helper()
	Require(t, Redis)
	// Another program may have taken the port in the meantime.
	var err error
	for range 3 {
		var port int
		if port, err = kit.FreePort(); err != nil {
			continue
		}
		s := &RedisServer{URL: fmt.Sprintf("redis://127.0.0.1:%d/0", port), t: t, port: port, options: options}
		if err = s.start(); err == nil {
			t.Cleanup(s.Kill)
			return s
		}
	}
	t.Fatalf("redis does not start: %v", err)
	return nil
}

// Address is host:port.
func (s *RedisServer) Address() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// Do runs a command of the administrator and returns its answer, nil for none.
func (s *RedisServer) Do(args ...any) any {
	s.t.Helper()
	client := redis.NewClient(&redis.Options{Addr: s.Address(), MaxRetries: -1})
	defer client.Close()
	answer, err := client.Do(context.Background(), args...).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		s.t.Fatalf("redis: %v: %v", args, err)
	}
	return answer
}

// Start starts the server again after Kill, empty.
func (s *RedisServer) Start() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatalf("redis does not start: %v", err)
	}
}

func (s *RedisServer) start() error {
	f, err := newFolder(Redis, "redis", "valkey")
	if err != nil {
		return err
	}
	s.Socket = f.file("redis.sock")
	args := append([]string{"--bind", "127.0.0.1", "--port", fmt.Sprint(s.port), "--unixsocket", s.Socket,
		"--dir", f.path, "--save", "", "--appendonly", "no"}, s.options...)
	if s.process, err = launch(f, redisProgram(f.root), args...); err != nil {
		f.remove()
		return err
	}
	if err := s.process.await(func(ctx context.Context) error { return ping(ctx, s.Address()) }); err != nil {
		s.Kill()
		return err
	}
	return nil
}

// Kill ends the server at once. It may have been killed before.
func (s *RedisServer) Kill() {
	if s.process != nil {
		s.process.stop(syscall.SIGKILL)
		s.process = nil
	}
}

// Pause keeps the server from doing anything, with its connections open, until
// Resume.
func (s *RedisServer) Pause() { s.signal(syscall.SIGSTOP) }

// Resume ends a Pause.
func (s *RedisServer) Resume() { s.signal(syscall.SIGCONT) }

func (s *RedisServer) signal(signal syscall.Signal) {
	s.t.Helper()
	if err := s.process.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// redisProgram is Valkey's in a root that has it, and Redis's otherwise.
func redisProgram(root string) string {
	if root != "" && has(root, "valkey-server") {
		return "valkey-server"
	}
	return "redis-server"
}

// ping sees whether Redis takes commands.
func ping(ctx context.Context, address string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 7)
	if n, err := conn.Read(answer); err != nil || string(answer[:n]) != "+PONG\r\n" {
		return fmt.Errorf("PING: %q, %v", answer[:n], err)
	}
	return nil
}

// RedisTLS is a Redis server that wants certificates of its clients.
type RedisTLS struct {
	*RedisServer
	URL string // rediss://127.0.0.1:port/0

	// CA signed the certificate of the server, which is for 127.0.0.1 and
	// redis.example.com, and that of the client. All are names of PEM files.
	CA, ClientCertificate, ClientKey string
}

// StartRedisTLS starts a server with TLS for one test.
func StartRedisTLS(t testing.TB) *RedisTLS {
	t.Helper()
	Require(t, Redis)
	ca := kit.NewAuthority(t)
	server, client := ca.Issue(t, "redis.example.com"), ca.Issue(t, "client")
	s := &RedisTLS{CA: ca.CertFile, ClientCertificate: client.CertFile, ClientKey: client.KeyFile}
	port, err := kit.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	s.RedisServer = StartRedis(t, "--tls-port", fmt.Sprint(port), "--tls-auth-clients", "yes",
		"--tls-cert-file", server.CertFile, "--tls-key-file", server.KeyFile, "--tls-ca-cert-file", s.CA)
	s.URL = fmt.Sprintf("rediss://127.0.0.1:%d/0", port)
	return s
}
