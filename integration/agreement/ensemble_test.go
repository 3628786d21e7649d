package agreement

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/integration/tables"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
)

type object = rpctest.Object

// ensemble is one gateway for each database. They all get the same commands, and
// have the same clock.
type ensemble struct {
	t       *testing.T
	members []*member
	clock   time.Time
}

// member is a gateway with its database.
type member struct {
	db   *servers.Database
	node *rpctest.Registry
	v1   *registrytest.Registry
	rows rowNumbers
}

func newEnsemble(t *testing.T) *ensemble {
	e := &ensemble{t: t}
	for _, dialect := range servers.Dialects {
		if dialect != servers.SQLite {
			servers.Require(t, dialect)
		}
		m := &member{db: servers.NewDatabase(t, dialect)}
		store := registrytest.Open(t, m.db)
		m.node = rpctest.Serve(t, &registry.Service{Store: store, Now: func() time.Time { return e.clock }})
		m.v1 = registrytest.Serve(t, store)
		e.members = append(e.members, m)
	}
	return e
}

// restart empties the databases, sets the clock back and makes something to begin
// with.
func (e *ensemble) restart(t *rapid.T) {
	e.clock = start
	for _, m := range e.members {
		tables.Fill(e.t, m.db, nil)
		m.rows = rowNumbers{}
	}
	for _, c := range beginning {
		e.runAs(t, registrytest.Admin(), c.Name, c.Kwargs)
	}
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// callers are who may send a command.
var callers = map[string]func() *access.Caller{
	"admin":   registrytest.Admin,
	"t1":      func() *access.Caller { return registrytest.Member("t1") },
	"t2":      func() *access.Caller { return registrytest.Member("t2") },
	"nowhere": registrytest.Unscoped,
}

func drawCaller(t *rapid.T) *access.Caller {
	return callers[pick(t, "caller", "admin", "t1", "t2", "nowhere")]()
}

// run sends a command of anybody to all and compares what they answer.
func (e *ensemble) run(t *rapid.T, command string, kwargs object) {
	e.runAs(t, drawCaller(t), command, kwargs)
}

func (e *ensemble) runAs(t *rapid.T, caller *access.Caller, command string, kwargs object) {
	e.clock = e.clock.Add(time.Second)
	answers := make([]string, len(e.members))
	for n, m := range e.members {
		sent := rpctest.Command{Name: command, Kwargs: m.rows.resolve(kwargs).(object)}
		answers[n] = m.rows.normalize(command, m.node.Request(e.t.Context(), caller, sent)[0])
		m.forget(e.t, command)
	}
	e.expectSame(t, fmt.Sprint(command, " ", kwargs), answers)
}

// forget looks which rows a command has removed for good.
func (m *member) forget(t *testing.T, command string) {
	t.Helper()
	if !strings.HasPrefix(command, "metadef_") || !strings.Contains(command, "_delete") && command != "metadef_tag_create_tags" {
		return
	}
	for kind, table := range map[string]string{
		"metadef_namespace": "metadef_namespaces", "metadef_object": "metadef_objects",
		"metadef_property": "metadef_properties", "metadef_tag": "metadef_tags",
	} {
		found, err := m.db.DB.QueryContext(t.Context(), "SELECT id FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		var there []json.Number
		for found.Next() {
			var number string
			if err := found.Scan(&number); err != nil {
				t.Fatal(err)
			}
			there = append(there, json.Number(number))
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			t.Fatal(err)
		}
		m.rows.forget(kind, there)
	}
}

func (e *ensemble) expectSame(t *rapid.T, what string, answers []string) {
	t.Helper()
	for n := range answers {
		if answers[n] != answers[0] {
			var b strings.Builder
			for n, m := range e.members {
				fmt.Fprintf(&b, "\n%s: %s", m.db.Dialect, answers[n])
			}
			t.Fatalf("%s%s", what, &b)
		}
	}
	t.Logf("%s: %.300s", what, answers[0])
}
