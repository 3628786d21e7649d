// Package registrytest sends requests to registry v1 as the gateway would serve
// it, without Caddy and without a network between, and checks on every answer
// what holds for all of them.
package registrytest

import (
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
	"github.com/glancegate/glancegate/registry/rest"
)

// The limits of a Registry; those of pages are glance-registry's defaults.
const (
	DefaultPage = 25
	MaxPage     = 1000
	BodyLimit   = 1 << 20
)

// Registry is one gateway node under test.
type Registry struct {
	t       testing.TB
	handler *rest.API
}

// Serve makes a node in front of a store.
func Serve(t testing.TB, store records.Store) *Registry {
	return &Registry{t: t, handler: &rest.API{
		Service:     &registry.Service{Store: store},
		DefaultPage: DefaultPage,
		MaxPage:     MaxPage,
		BodyLimit:   BodyLimit,
		Report: func(r *http.Request, err error) {
			if cause, ok := r.Context().Value(causeKey{}).(*error); ok {
				*cause = err
			}
		},
	}}
}

// causeKey finds in a request's context where to put the error that the client
// does not see.
type causeKey struct{}

// On is the same node with failures reported to another test, a subtest for
// instance.
func (r *Registry) On(t testing.TB) *Registry { return &Registry{t, r.handler} }

// Open makes a backend on a database, with changes to the configuration that
// most tests use. It is closed at the end of the test.
func Open(t testing.TB, db *servers.Database, changes ...func(*dbbackend.Config)) *dbbackend.Backend {
	t.Helper()
	config := dbbackend.Config{URL: db.URL, Prepare: true}
	for _, change := range changes {
		change(&config)
	}
	b, err := dbbackend.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// New is a node of its own on a database.
func New(t testing.TB, db *servers.Database, changes ...func(*dbbackend.Config)) *Registry {
	t.Helper()
	return Serve(t, Open(t, db, changes...))
}

// Main runs the tests of a package, stops the servers they shared and fails if
// any goroutine is left then: of a backend that was closed, nothing may remain.
func Main(m *testing.M) { goleak.VerifyTestMain(runner{m}) }

type runner struct{ m *testing.M }

func (r runner) Run() int {
	defer servers.Stop()
	return r.m.Run()
}

// Admin is an administrator with a project, who sees everything.
func Admin() *access.Caller {
	return &access.Caller{Admin: true, Owner: records.NullOf("t-admin"), Project: "t-admin", Roles: []string{"admin"}}
}

// Member is a plain user of a project.
func Member(project string) *access.Caller {
	return &access.Caller{Owner: records.NullOf(project), Project: project, Roles: []string{"member"}}
}

// Unscoped is a user without a project.
func Unscoped() *access.Caller { return &access.Caller{Roles: []string{"member"}} }
