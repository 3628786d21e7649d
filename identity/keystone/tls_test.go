package keystone

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// A Keystone behind TLS is believed by its certificate, and sees ours.
func TestTLS(t *testing.T) {
	s := newScript(t)
	server := httptest.NewUnstartedServer(s.Config.Handler)
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	defer server.Close()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	writeFile(t, ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	client := kit.SelfSigned(t, "glance-gateway")
	both := filepath.Join(dir, "client.pem")
	writeFile(t, both, readFile(t, client.CertFile), readFile(t, client.KeyFile))

	for _, c := range []struct {
		name   string
		change func(*Options)
		fails  string
		peer   string // the name in the certificate that the server saw
	}{
		{"unknown authority", func(*Options) {}, "certificate", ""},
		{"cafile", func(o *Options) { o.CAFile = ca }, "", ""},
		{"insecure", func(o *Options) { o.Insecure = true }, "", ""},
		{"certfile with a key in it", func(o *Options) { o.CAFile, o.CertFile = ca, both }, "", "glance-gateway"},
		{"certfile and keyfile", func(o *Options) { o.CAFile, o.CertFile, o.KeyFile = ca, both, both }, "", "glance-gateway"},
	} {
		t.Run(c.name, func(t *testing.T) {
			none := 0
			config, _, err := complete(func(o *Options) { o.AuthURL, o.HTTPRequestMaxRetries = server.URL, &none }, c.change).Resolve()
			if err != nil {
				t.Fatal(err)
			}
			v, err := New(config)
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			_, err = v.Validate(t.Context(), "token", false)
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			peer := ""
			s.mu.Lock()
			if s.peer != nil {
				peer = s.peer.Subject.CommonName
			}
			s.mu.Unlock()
			if peer != c.peer {
				t.Errorf("the server saw %q, want %q", peer, c.peer)
			}
		})
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func writeFile(t *testing.T, path string, parts ...[]byte) {
	t.Helper()
	if err := os.WriteFile(path, bytes.Join(parts, nil), 0o600); err != nil {
		t.Fatal(err)
	}
}
