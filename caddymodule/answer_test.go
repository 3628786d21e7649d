package caddymodule

import (
	"context"
	"database/sql"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/registry/access"
)

// panicking is a source of identity that panics.
type panicking struct{}

func init() { caddy.RegisterModule(panicking{}) }

func (panicking) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "glance_registry.identity.panicking", New: func() caddy.Module { return new(panicking) }}
}
func (panicking) identifier(identityRules) identity.Identifier  { return panicking{} }
func (panicking) namesPeers() bool                              { return false }
func (panicking) Identify(*http.Request) (access.Caller, error) { panic("s3cret cause") }

func TestPanic(t *testing.T) {
	s := start(t, registryNode)
	config := strings.Replace(string(s.config(registryNode)), `"handler":"glance_registry"`,
		`"handler":"glance_registry","identity":{"source":"panicking"}`, 1)
	s.replace([]byte(config))
	res, body := s.do("GET", "/images")
	if res.StatusCode != 500 || !strings.HasPrefix(body, "500 Internal Server Error\n\n") || strings.Contains(body, "s3cret") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if lines := s.logLines("s3cret cause", 1); len(lines) != 1 || lines[0]["stack"] == nil {
		t.Errorf("logged %v", lines)
	}
}

func TestClientGoesAway(t *testing.T) {
	before := valueOf(t, requestsTotal.WithLabelValues("images.create", "canceled"))
	s := start(t, registryNode)
	s.do("GET", "/images", asAdmin...)

	db, err := sql.Open("sqlite", s.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil { // all other writers wait
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { time.AfterFunc(300*time.Millisecond, cancel) },
	})
	r := s.request("POST", "/images", strings.NewReader(`{"image": {"name": "x", "status": "queued"}}`), asAdmin...)
	if res, err := http.DefaultClient.Do(r.WithContext(ctx)); err == nil {
		t.Errorf("status %d", res.StatusCode)
	}
	kit.Wait(t, "counted as canceled", func() bool {
		return valueOf(t, requestsTotal.WithLabelValues("images.create", "canceled")) == before+1
	})
	if lines := s.linesWith(`"level":"error"`); len(lines) > 0 {
		t.Errorf("logged %v", lines)
	}
}
