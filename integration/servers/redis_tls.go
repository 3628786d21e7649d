package servers

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

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
