// Package ruletest has what the tests of the rules share: callers, databases of
// SQLite, and values of requests.
package ruletest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Callers.
var (
	Admin     = &access.Caller{Admin: true, Owner: records.NullOf("t-admin")}
	Owner     = &access.Caller{Owner: records.NullOf("t-own")}
	Other     = &access.Caller{Owner: records.NullOf("t-other")}
	Anonymous = &access.Caller{}
)

// Now is a clock that stands still.
func Now() time.Time { return time.Date(2026, 11, 23, 16, 40, 10, 5000, time.UTC) }

// File is where a test may put a database.
func File(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "glance.sqlite")
}

// Copy copies a database that is not open.
func Copy(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	Must(t, err)
	fresh := File(t)
	Must(t, os.WriteFile(fresh, content, 0o600))
	return fresh
}

// Open opens a database, which is made if there is none, until the test ends.
// observer may be nil.
func Open(t *testing.T, path string, observer dbbackend.Observer) records.Store {
	t.Helper()
	b, err := dbbackend.Open(dbbackend.Config{URL: "sqlite:///" + path, Create: true, Observer: observer})
	Must(t, err)
	t.Cleanup(b.Close)
	return b
}

// Values makes an object of keys and values.
func Values(pairs ...any) *pyjson.Object {
	o := pyjson.NewObject()
	for n := 0; n < len(pairs); n += 2 {
		o.Set(pairs[n].(string), pairs[n+1])
	}
	return o
}

// Object reads an object of JSON.
func Object(t *testing.T, text string) *pyjson.Object {
	t.Helper()
	v, err := pyjson.Decode([]byte(text), 100)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v.(*pyjson.Object)
}

// Must ends a test that met an error.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Refuses reports whether an error is of one of the kinds.
func Refuses(err error, kinds ...records.ErrorKind) bool {
	var e *records.Error
	return errors.As(err, &e) && slices.Contains(kinds, e.Kind)
}
