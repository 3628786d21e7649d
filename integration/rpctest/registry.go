// Package rpctest sends commands to registry v2 as the gateway would serve it,
// without Caddy and without a network between, and checks on every answer what
// holds for all of them.
package rpctest

import (
	"net/http"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/rpc"
)

// The limits of a Registry, which are the gateway's defaults.
const (
	BodyLimit   = 8 << 20
	MaxCommands = 1000
	MaxDepth    = 64
)

// Registry is one gateway node under test.
type Registry struct {
	t       testing.TB
	handler *rpc.API
}

// Serve makes a node that follows the rules of a service.
func Serve(t testing.TB, service *registry.Service) *Registry {
	return &Registry{t: t, handler: &rpc.API{
		Service:     service,
		BodyLimit:   BodyLimit,
		MaxCommands: MaxCommands,
		MaxDepth:    MaxDepth,
		Report: func(r *http.Request, err error) {
			if causes, ok := r.Context().Value(causesKey{}).(*[]error); ok {
				*causes = append(*causes, err)
			}
		},
	}}
}

// causesKey finds in a request's context where to put the errors that the client
// does not see.
type causesKey struct{}

// New is a node of its own on a database, with changes to the configuration that
// most tests use. It ends with the test.
func New(t testing.TB, db *servers.Database, changes ...func(*dbbackend.Config)) *Registry {
	t.Helper()
	return Serve(t, &registry.Service{Store: registrytest.Open(t, db, changes...)})
}

// On is the same node with failures reported to another test, a subtest for
// instance.
func (r *Registry) On(t testing.TB) *Registry { return &Registry{t, r.handler} }
