package desk

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/internal/retirement"
	"github.com/glancegate/glancegate/internal/retirement/census"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

var now = time.Date(2027, 1, 12, 10, 30, 0, 0, time.UTC)

// sample is a desk with everything on it, and with names that try to be markup.
func sample() *Data {
	hour := now.Unix() / 3600
	d := &Data{
		At:        now,
		Databases: []State{{Name: "mysql://db/glance", Well: true, State: "reachable"}},
		Caches:    []State{{Name: "mysql://db/glance", State: "not serving: <b>"}},
		Plans:     []retirement.Report{{Phase: "brownout", DryRun: true, Sunset: &now, Share: 0.1, Status: 503, Brownouts: []retirement.Window{{Start: now, End: now.Add(time.Hour)}}}},
		Concerned: []retirement.Hit{{Peer: "10.0.0.9", WouldRefuse: 4}},
		Problems:  []string{"census: Redis is away"},
		Shadows: []*shadow.Report{{
			Old: "http://10.0.0.5:9191", Serve: "new", Since: now, Compared: 1000, Names: 3, Different: 1,
			Calls:   map[string]*shadow.Call{"images.show": {Compared: 1000, Different: 1, Differences: map[shadow.Kind]int64{shadow.Field: 1}}},
			Skipped: map[string]int64{shadow.Raced: 2}, Allowed: map[string]int64{shadow.KeyOrder: 7},
			Service: shadow.State{LastError: "refused"},
			Samples: []*shadow.Sample{{
				Call: "images.show", Kind: shadow.Field, At: now, Request: shadow.Message{Method: "GET", Path: "/images/x"},
				Old: shadow.Message{Status: 200, Body: "{}"}, New: shadow.Message{Status: 200, Body: "{}"},
				Differences: []shadow.Difference{{Kind: shadow.Field, Call: "images.show", Path: "/image/name", Old: "\"<script>\"", New: "\"b\""}},
			}},
		}},
	}
	d.Complete(&census.Report{Nodes: map[string]time.Time{"a": now}, Callers: []census.Summary{
		{Caller: census.Caller{Peer: "10.0.0.9", Kind: census.Monitoring, Agent: "check_http"}, Name: "monitor.example.com", First: now, Last: now, Reads: 5, Routes: map[string]int64{"images.index": 5}},
		{Caller: census.Caller{Peer: "<script>", Project: "p&1", Kind: census.GlanceAPIv2}, First: now.Add(-100 * time.Hour), Last: now.Add(-49 * time.Hour), Reads: 100, Writes: 7,
			Routes: map[string]int64{"rpc.image_get": 100, "rpc.image_update": 7}, Hours: map[int64]int64{hour - 49: 100, hour - 60: 7, hour - 1000: 3, hour + 9: 3}},
	}})
	return d
}

func TestHeadline(t *testing.T) {
	for want, d := range map[string]*Data{
		"2 days since the last call": sample(),
		"No call is known":           {At: now, Counted: true},
		"Calls are not counted":      {At: now},
	} {
		if got := d.Headline(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "less than a minute", -time.Hour: "less than a minute", time.Minute: "1 minute",
		119 * time.Minute: "1 hour", 48 * time.Hour: "2 days",
	} {
		if got := age(now.Add(d), now); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}

func TestPage(t *testing.T) {
	var page bytes.Buffer
	if err := sample().WritePage(&page); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"2 days since the last call", "Remove data_api", "check_http", "monitor.example.com", "rpc.image_get, rpc.image_update",
		"10 % of the requests get 503", "dry run", "2027-01-12 10:30 UTC to 2027-01-12 11:30 UTC", "Redis is away", "&lt;script&gt;", "p&amp;1",
		"1000 calls of 3 kinds compared, 1 difference", "does not answer: refused", "/image/name", "raced", "key_order"} {
		if !strings.Contains(page.String(), part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if strings.Contains(page.String(), "<script>") {
		t.Error("a name is markup")
	}
}

// The drawing is well-formed, its cells lie inside, and calls of other weeks are not in it.
func TestHeatMap(t *testing.T) {
	drawing := string(sample().HeatMap())
	cells := 0
	decoder := xml.NewDecoder(strings.NewReader(drawing))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, drawing)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "rect" {
			cells++
		}
	}
	if cells != 2 || strings.Count(drawing, "heat5") != 1 {
		t.Errorf("%d cells: %s", cells, drawing)
	}
	if new(Data).HeatMap() != "" {
		t.Error("a drawing of nothing")
	}
}

func TestText(t *testing.T) {
	var text bytes.Buffer
	if err := sample().WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"2 days since the last call", "Remove data_api", "10.0.0.9 monitor.example.com", "dry run", "mysql://db/glance: reachable",
		"1000 calls of 3 kinds compared, 1 difference", "/image/name", "not compared: raced: 2"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("the report lacks %q:\n%s", part, text.String())
		}
	}
}
