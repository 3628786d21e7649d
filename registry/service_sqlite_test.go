package registry_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/pyjson"
)

var (
	admin  = &registry.Caller{Admin: true, Owner: registry.NullOf("t-admin")}
	owner  = &registry.Caller{Owner: registry.NullOf("t-own")}
	other  = &registry.Caller{Owner: registry.NullOf("t-other")}
	nobody = &registry.Caller{}
	ctx    = context.Background()
)

// onSQLite is a service on a new database, with a clock that stands still.
func onSQLite(t *testing.T, harden bool) *registry.Service {
	t.Helper()
	return onFile(t, filepath.Join(t.TempDir(), "glance.sqlite"), harden)
}

func onFile(t *testing.T, path string, harden bool) *registry.Service {
	t.Helper()
	return observed(t, path, harden, nil)
}

func observed(t *testing.T, path string, harden bool, observer dbbackend.Observer) *registry.Service {
	t.Helper()
	b, err := dbbackend.Open(dbbackend.Config{URL: "sqlite:///" + path, Create: true, Observer: observer})
	must(t, err)
	t.Cleanup(b.Close)
	now := time.Date(2026, 11, 23, 16, 40, 10, 5000, time.UTC)
	return &registry.Service{Store: b, Harden: harden, Now: func() time.Time { return now }}
}

// onCopy is a service on a copy of a database that nobody has open.
func onCopy(t *testing.T, path string, harden bool) *registry.Service {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	fresh := filepath.Join(t.TempDir(), "glance.sqlite")
	must(t, os.WriteFile(fresh, content, 0o600))
	return onFile(t, fresh, harden)
}

// values makes an object of keys and values.
func values(pairs ...any) *pyjson.Object {
	o := pyjson.NewObject()
	for n := 0; n < len(pairs); n += 2 {
		o.Set(pairs[n].(string), pairs[n+1])
	}
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refuses tells whether an error is of one of the kinds.
func refuses(err error, kinds ...registry.ErrorKind) bool {
	var e *registry.Error
	return errors.As(err, &e) && slices.Contains(kinds, e.Kind)
}
