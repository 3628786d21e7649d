// Package desk shows how far the retirement of a registry has come: who is left, with
// what to change there; when they call; and what is planned.
package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/glancegate/glancegate/internal/retirement"
	"github.com/glancegate/glancegate/internal/retirement/census"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

// Data is everything that the desk shows.
type Data struct {
	At time.Time `json:"generated_at"`

	// LastCall is when the registry was called last, health checks aside; null where
	// no call is known.
	LastCall *time.Time `json:"last_call"`
	Idle     *float64   `json:"days_since_last_call"`

	// Counted says that calls are counted. If not, Callers says nothing.
	Counted bool     `json:"counted"`
	Callers []Caller `json:"callers"`
	Nodes   int      `json:"nodes"` // gateways whose calls are counted

	Plans     []retirement.Report `json:"plans"`
	Concerned []retirement.Hit    `json:"concerned"`
	Shadows   []*shadow.Report    `json:"shadows"`
	Databases []State             `json:"databases"`
	Caches    []State             `json:"caches"`

	// Problems are parts that are missing, in words.
	Problems []string `json:"problems"`
}

// Caller is a caller, with what to change there.
type Caller struct {
	census.Summary
	Advice Advice `json:"advice"`
}

// State is how a database or a cache is.
type State struct {
	Name  string `json:"name"`
	Well  bool   `json:"well"`
	State string `json:"state"` // in words
}

// Advice is what to change at a caller, and where.
type Advice struct {
	Change string `json:"change"`
	Where  string `json:"where"`
}

var advice = map[census.Kind]Advice{
	census.GlanceAPIv2: {"Remove data_api, so that glance-api reads the database itself.", "glance-api.conf, [DEFAULT] data_api"},
	census.GlanceAPIv1: {"Move the users of the Images API v1 to v2; then turn v1 off. Scrubbers up to Pike and cache prefetchers up to Stein call as well: upgrade them.",
		"glance-api.conf, [DEFAULT] enable_v1_api = False"},
	census.Scrubber:   {"Upgrade it beyond Pike, and remove data_api there, too.", "glance-scrubber.conf, [DEFAULT] registry_host"},
	census.Monitoring: {"Watch glance-api instead: GET /healthcheck.", "the configuration of the monitoring"},
	census.Script:     {"Call the Images API v2 of glance-api.", "the script; docs/migration.md has each request"},
	census.Others:     {"These are too many to count one by one.", "the access log"},
}

// Complete fills in what follows from the rest: advice, and the time of the last call.
// Callers that only watch are no reason to keep a registry, so they don't count there.
func (d *Data) Complete(report *census.Report) {
	if report != nil {
		d.Counted, d.Nodes = true, len(report.Nodes)
		for _, s := range report.Callers {
			d.Callers = append(d.Callers, Caller{Summary: s, Advice: advice[s.Kind]})
			if s.Kind != census.Monitoring && (d.LastCall == nil || s.Last.After(*d.LastCall)) {
				d.LastCall = &s.Last
			}
		}
	}
	if d.LastCall != nil {
		d.Idle = new(max(0, d.At.Sub(*d.LastCall).Hours()/24))
	}
}

// total is the calls of a caller.
func total(c Caller) int64 { return c.Reads + c.Writes }

// topRoutes are the routes that a caller asks most, in words.
func topRoutes(c Caller) string {
	routes := make([]string, 0, len(c.Routes))
	for route := range c.Routes {
		routes = append(routes, route)
	}
	slices.SortFunc(routes, func(a, b string) int { return cmp.Or(cmp.Compare(c.Routes[b], c.Routes[a]), cmp.Compare(a, b)) })
	return strings.Join(routes[:min(len(routes), 3)], ", ")
}
