// Package census counts the calls of a service by caller, route and hour, in a SQLite
// file of its own. The size of the file is bounded, however many callers there are.
package census

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Caller is who calls, as far as it shows.
type Caller struct {
	Peer    string `json:"peer"`       // address of the other end, without its port
	Project string `json:"project"`    // project id; empty: none
	Agent   string `json:"user_agent"` // the field User-Agent; empty: none
	Kind    Kind   `json:"kind"`
}

// Call is a request, or one command of a bulk request.
type Call struct {
	Caller
	At    time.Time
	Route string // such as images.show, or a command of RPC such as rpc.image_get
	Write bool
}

// Kind is what kind of program a caller is.
type Kind string

// The kinds that show themselves. Services of Glance send no User-Agent.
const (
	GlanceAPIv1 Kind = "glance-api v1"
	GlanceAPIv2 Kind = "glance-api v2" // with data_api = glance.db.registry.api
	Scrubber    Kind = "glance-scrubber"
	Monitoring  Kind = "monitoring"
	Script      Kind = "script"
	Others      Kind = "others" // beyond what is counted one by one
)

// monitors are parts of the User-Agent of programs that watch services.
var monitors = []string{
	"nagios", "monitoring-plugins", "check_http", "icinga", "zabbix", "prometheus", "blackbox",
	"haproxy", "kube-probe", "sensu", "datadog", "uptime", "telegraf", "consul",
}

// KindOf guesses a kind from what a request shows: whether it came over RPC, its
// User-Agent and its query.
func KindOf(rpc bool, agent, query string) Kind {
	if agent == "" {
		switch {
		case rpc:
			return GlanceAPIv2
		case strings.Contains(query, "status=pending_delete"):
			return Scrubber
		}
		return GlanceAPIv1
	}
	lower := strings.ToLower(agent)
	for _, monitor := range monitors {
		if strings.Contains(lower, monitor) {
			return Monitoring
		}
	}
	return Script
}

const (
	maxText  = 64 // bytes of a peer or a project
	maxAgent = 120
)

// clean is a caller whose texts can be kept and shown.
func (c Caller) clean() Caller {
	c.Peer, c.Project, c.Agent = printable(c.Peer, maxText), printable(c.Project, maxText), printable(c.Agent, maxAgent)
	return c
}

// printable cuts a text, and replaces what is no printable character in it.
func printable(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if r, size := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && size == 1 {
			s = s[:len(s)-1]
		}
	}
	// A copy, so that no whole header stays in memory with its beginning.
	return strings.Clone(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s))
}

// others is the caller that stands for those beyond the bounds.
var others = Caller{Kind: Others}
