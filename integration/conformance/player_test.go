package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

func TestRequestsAlternate(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	first, firstSeen := serveTexts(t, ok, ok)
	second, secondSeen := serveTexts(t, ok)
	p := &player{rows: &recordedRows{}, dialect: servers.MySQL}
	if err := p.dial([]string{first, second}); err != nil {
		t.Fatal(err)
	}
	defer p.hangUp()
	c := &Case{Steps: []Step{
		{Request: Request{Method: "GET", Path: "/0"}, Response: Response{Status: 200}},
		{Request: Request{Method: "GET", Path: "/1"}, Response: Response{Status: 200}},
		{Request: Request{Method: "GET", Path: "/2"}, Response: Response{Status: 200}},
	}}
	if err := p.play(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if len(firstSeen)+len(secondSeen) != 3 || len(firstSeen) == 0 || len(secondSeen) == 0 {
		t.Errorf("%d and %d requests", len(firstSeen), len(secondSeen))
	}
}

// A lax database's record stops to count once its gateway answers as MariaDB.
func TestMainRecordBinds(t *testing.T) {
	text := func(s string) *string { return &s }
	good := func(body string) Response { return Response{Status: 200, Text: text(body)} }
	c := &Case{
		Steps: []Step{
			{Request: Request{Method: "GET", Path: "/"}, Response: Response{Status: 400}},
			{Request: Request{Method: "GET", Path: "/"}, Response: good("main")},
		},
		Variants: map[servers.Kind]map[int]Variant{servers.SQLite: {
			0: {Response: &Response{Status: 200, Text: text("lax")}},
			1: {Response: &Response{Status: 200, Text: text("own")}},
		}},
	}
	g := newPhonograph(t, servers.SQLite)
	answers := func(a, b Response) []Step { return []Step{{Response: a}, {Response: b}} }
	for name, steps := range map[string][]Step{
		"own":  answers(good("lax"), good("own")),
		"main": answers(Response{Status: 400}, good("main")),
	} {
		if err := g.answerWith(t, c, steps); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, steps := range map[string][]Step{
		"main, then own": answers(Response{Status: 400}, good("own")),
		"own, then main": answers(good("lax"), good("main")),
	} {
		if err := g.answerWith(t, c, steps); err == nil {
			t.Errorf("%s: passed", name)
		}
	}
}

func TestSilenceIsTold(t *testing.T) {
	url, _ := serveTexts(t, "")
	p := &player{rows: &recordedRows{}}
	if err := p.dial([]string{url}); err != nil {
		t.Fatal(err)
	}
	err := p.play(t.Context(), &Case{Steps: []Step{{Request: Request{Method: "GET", Path: "/there"}}}})
	if !errors.Is(err, errSilent) || !strings.Contains(err.Error(), "/there") {
		t.Errorf("got %v", err)
	}
}

// recordedRows is a database in which every step changes what the record says.
type recordedRows struct{ next Changes }

func (r *recordedRows) prepare(context.Context, string) error           { return nil }
func (r *recordedRows) look(context.Context, captures) (Changes, error) { return r.next, nil }
func (r *recordedRows) restore(context.Context) error                   { return nil }
func (r *recordedRows) differs() (*schema, *Dataset)                    { return nil, nil }

// phonograph answers from the record.
type phonograph struct {
	player
	steps []Step // yet to come
}

func newPhonograph(t *testing.T, dialect servers.Kind) *phonograph {
	rows := &recordedRows{}
	g := &phonograph{player: player{rows: rows, dialect: dialect}}
	url := serve(t, func(string) string {
		step := g.steps[0]
		g.steps = g.steps[1:]
		rows.next = step.Database
		return wire(step)
	})
	if err := g.dial([]string{url}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.hangUp)
	return g
}

// answerWith plays a case to a server that answers with the given steps.
func (g *phonograph) answerWith(t *testing.T, c *Case, steps []Step) error {
	g.steps = slices.Clone(steps)
	return g.play(t.Context(), c)
}

// wire is the recorded answer of a step as HTTP.
func wire(s Step) string {
	r := s.Response
	var body string
	switch {
	case r.Picked.Present:
		body = sortKey(unpick(s.Pick, r.Picked.Value.([]any)))
	case r.Body.Present:
		body = sortKey(r.Body.Value)
	case r.Text != nil:
		body = *r.Text
	}
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d Status\r\n", r.Status)
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		fmt.Fprintf(&b, "%s: %s\r\n", name, r.Headers[name])
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(body))
	if s.Request.Method != "HEAD" && r.Status != 204 {
		b.WriteString(body)
	}
	return b.String()
}

// unpick makes a value from which pick takes the given ones.
func unpick(path string, values []any) any {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	star := slices.Index(parts, "*")
	items := make([]any, len(values))
	for i, v := range values {
		items[i] = nest(parts[star+1:], v)
	}
	return nest(parts[:star], items)
}

func nest(keys []string, v any) any {
	for _, k := range slices.Backward(keys) {
		if k == "0" {
			v = []any{v}
		} else {
			v = map[string]any{k: v}
		}
	}
	return v
}

func TestTheRecordAgreesWithItself(t *testing.T) {
	cases, err := Load(func(*Case) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	for _, dialect := range servers.Dialects {
		g := newPhonograph(t, dialect)
		for _, c := range cases {
			var steps []Step
			for i, s := range c.Steps {
				steps = append(steps, s.on(c.Variants[dialect][i]))
			}
			if err := g.answerWith(t, c, steps); err != nil {
				t.Errorf("%s, %s: %v", dialect, c.ID, err)
			}
		}
	}
}
