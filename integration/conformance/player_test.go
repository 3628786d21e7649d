package conformance

import (
	"errors"
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
