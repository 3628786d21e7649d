package shared_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestSharesValues(t *testing.T) {
	a, b := patientPair(t, servers.NewRedis(t))
	for n := range 100 {
		id := fmt.Sprintf("image-%d", n)
		a.put(id, "value of "+id)
		b.holds(id, "value of "+id)
	}
	b.putNamed(b.List("query"), "page")
	if page, _ := a.getNamed(a.List("query")); page != "page" {
		t.Errorf("the page is %q", page)
	}
}

// What was read before a change is not found after it, however late it is stored.
func TestLateValuesAreVoid(t *testing.T) {
	s := servers.StartRedis(t)
	a, b := patientPair(t, s.URL)
	const id = "image"
	record := func(g *gateway) shared.Name { return g.Record(id) }
	list := func(g *gateway) shared.Name { return g.List("query") }
	for _, test := range []struct {
		name   string
		of     func(*gateway) shared.Name
		change func(name shared.Name)
	}{
		{"changed here", record, func(shared.Name) { a.Invalidate([]string{"other", id}, true) }},
		{"changed here, untold", record, func(shared.Name) { a.Invalidate([]string{id}, false) }},
		{"changed elsewhere", record, func(shared.Name) { b.Invalidate([]string{id}, true) }},
		{"changed elsewhere, untold", record, func(shared.Name) { b.Invalidate([]string{id}, false) }},
		{"everything changed here", record, func(shared.Name) { a.InvalidateAll() }},
		{"everything changed elsewhere", record, func(shared.Name) { b.InvalidateAll() }},
		{"token gone", record, func(n shared.Name) { s.Do("DEL", n.Group()) }},
		{"token gone and made again", record, func(n shared.Name) { s.Do("DEL", n.Group()); b.get(id) }},
		{"token replaced", record, func(n shared.Name) { s.Do("SET", n.Group(), rand.Text()[:16], "PX", 100000) }},
		{"token expired", record, func(n shared.Name) {
			s.Do("PEXPIRE", n.Group(), 1)
			a.await("without token", func() bool { return s.Do("EXISTS", n.Group()) == int64(0) })
		}},
		{"flushed", record, func(shared.Name) { s.Do("FLUSHALL") }},
		{"list, other image changed here", list, func(shared.Name) { a.Invalidate([]string{"other"}, false) }},
		{"list, other image changed elsewhere", list, func(shared.Name) { b.Invalidate([]string{"other"}, true) }},
		{"list, everything changed elsewhere", list, func(shared.Name) { b.InvalidateAll() }},
		{"list, token made again", list, func(n shared.Name) { s.Do("DEL", n.Group()); b.getNamed(n) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			a.t, b.t = t, t
			name := test.of(a)
			_, ticket := a.getNamed(name)
			test.change(name)
			agree(a, b)
			a.putAt(ticket, "old", time.Now())
			for _, g := range []*gateway{a, b} {
				if value, _ := g.getNamed(name); value != "" {
					t.Errorf("found %q", value)
				}
			}
			a.putNamed(name, "new")
			if value, _ := b.getNamed(name); value != "new" {
				t.Errorf("afterwards found %q", value)
			}
			// The same, of a value that was there before the change.
			test.change(name)
			agree(a, b)
			for _, g := range []*gateway{b, a} {
				if value, _ := g.getNamed(name); value != "" {
					t.Errorf("what was there before is found: %q", value)
				}
			}
		})
	}
}

// A change does not reach further than it has to.
func TestOtherValuesStay(t *testing.T) {
	a, b := patientPair(t, servers.NewRedis(t))
	a.put("one", "value")
	i := slices.IndexFunc(names, func(id string) bool { return a.Record(id).Group() != a.Record("one").Group() })
	b.Invalidate(names[i:i+1], true)
	a.holds("one", "value")
}

var names = []string{"two", "three", "four"}

// A ticket is for one value only, and none without one stores nothing.
func TestStoresNothingWithoutTicket(t *testing.T) {
	s := servers.StartRedis(t)
	a := start(t, s.URL)
	before := s.Do("DBSIZE")
	a.putAt(shared.Ticket{}, "value", time.Now())
	if after := s.Do("DBSIZE"); after != before {
		t.Errorf("%v keys, %v before", after, before)
	}
}
