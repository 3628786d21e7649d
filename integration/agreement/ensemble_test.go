package agreement

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
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
		m := &member{db: servers.NewDatabase(t, dialect)}
		store := registrytest.Open(t, m.db)
		m.node = rpctest.Serve(t, &registry.Service{Store: store, Now: func() time.Time { return e.clock }})
		m.v1 = registrytest.Serve(t, store)
		e.members = append(e.members, m)
	}
	return e
}

// empty empties the databases and sets the clock back.
func (e *ensemble) empty() {
	e.clock = start
	for _, m := range e.members {
		m.db.Fill(e.t)
		m.rows = rowNumbers{}
	}
}

// restart is empty, and makes something to begin with.
func (e *ensemble) restart(t *rapid.T) {
	e.empty()
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
	e.agree(t, fmt.Sprint(command, " ", kwargs), func(m *member) string {
		sent := rpctest.Command{Name: command, Kwargs: m.rows.resolve(kwargs).(object)}
		defer m.forget(e.t, command)
		return m.rows.normalize(command, m.node.Request(e.t.Context(), caller, sent)[0])
	})
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
		var there []json.Number
		for _, id := range servers.Column[int64](t, m.db, "SELECT id FROM "+table) {
			there = append(there, json.Number(fmt.Sprint(id)))
		}
		m.rows.forget(kind, there)
	}
}

// agree makes a request of every member and compares what they answer.
func (e *ensemble) agree(t *rapid.T, what string, request func(*member) string) {
	t.Helper()
	answers, differ := make([]string, len(e.members)), false
	for n, m := range e.members {
		answers[n] = request(m)
		differ = differ || answers[n] != answers[0]
	}
	if differ {
		for n, m := range e.members {
			what += fmt.Sprintf("\n%s: %s", m.db.Dialect, answers[n])
		}
		t.Fatal(what)
	}
	t.Logf("%s: %.300s", what, answers[0])
}

// pick draws one of a few values, the first ones more often than the others.
func pick[T any](t *rapid.T, label string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, label)
}

// optional are arguments of which some are there.
func optional(t *rapid.T, all object) object {
	some := object{}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if rapid.Bool().Draw(t, "with "+key) {
			some[key] = all[key]
		}
	}
	return some
}

// moment is a time near the clock, as it is on the wire.
func moment(t *rapid.T, label string) object {
	at := start.Add(time.Duration(rapid.IntRange(-2, 40).Draw(t, label)) * time.Second)
	return object{"_type": "datetime", "_value": at.Format("2006-01-02T15:04:05")}
}

func drawRow(t *rapid.T, kind string) row {
	return row{kind, rapid.IntRange(0, 3).Draw(t, kind)}
}

// beginning is what every sequence begins with. The first two images are always
// there: SQLite takes children of images that are not, the others refuse them.
var beginning = []rpctest.Command{
	{Name: "image_create", Kwargs: object{"values": object{
		"id": firstImage, "name": "a", "status": "active", "visibility": "shared", "owner": "t1", "size": 5,
		"properties": object{"k1": "v1"}, "locations": []any{object{"url": "file:///a", "metadata": object{}, "status": "active"}},
	}}},
	{Name: "image_create", Kwargs: object{"values": object{
		"id": secondImage, "name": "b", "status": "queued", "visibility": "public", "owner": "t2",
	}}},
	{Name: "image_tag_set_all", Kwargs: object{"image_id": firstImage, "tags": []string{"x", "y"}}},
	{Name: "image_member_create", Kwargs: object{"values": object{"image_id": firstImage, "member": "t2", "status": "accepted"}}},
	{Name: "task_create", Kwargs: object{"values": object{
		"id": firstTask, "type": "import", "status": "pending", "owner": "t1", "input": object{"a": "b"},
	}}},
	{Name: "metadef_resource_type_create", Kwargs: object{"values": object{"name": "r"}}},
	{Name: "metadef_namespace_create", Kwargs: object{"values": object{"namespace": "n", "owner": "t1", "visibility": "public"}}},
	{Name: "metadef_namespace_create", Kwargs: object{"values": object{"namespace": "m", "owner": "t2", "visibility": "private"}}},
	{Name: "metadef_object_create", Kwargs: object{"namespace_name": "n", "object_dict": object{"name": "a"}}},
	{Name: "metadef_property_create", Kwargs: object{"namespace_name": "n", "property_dict": object{"name": "a"}}},
	{Name: "metadef_tag_create", Kwargs: object{"namespace_name": "n", "tag_dict": object{"name": "a"}}},
	{Name: "metadef_resource_type_association_create", Kwargs: object{"namespace_name": "n", "values": object{
		"name": "r", "properties_target": nil, "prefix": nil,
	}}},
}
