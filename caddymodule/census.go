package caddymodule

import (
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/caddymodule/internal/censuses"
	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/internal/retirement/census"
	"github.com/glancegate/glancegate/registry/rpc"
)

// Census counts the callers of the registry: peers, projects and programs, by route and
// hour. It stores no token, body or image name.
type Census struct {
	// The SQLite file, created at the first call. Default: `glance_registry/census.sqlite`
	// in Caddy's data directory.
	File string `json:"file,omitempty"`

	// How long calls are kept. Default: 90d.
	Keep caddy.Duration `json:"keep,omitempty"`

	// Show the names that DNS has for the addresses of callers. No request waits for
	// them. Default: false.
	Names *bool `json:"names,omitempty"`
}

const (
	defaultKeep = 90 * 24 * time.Hour
	minKeep     = 24 * time.Hour
)

// config completes the settings, with the Redis of the cache where there is one.
func (c *Census) config(cache *Cache, database string) (config censuses.Config, err error) {
	config = censuses.Config{Keep: time.Duration(c.Keep), Names: enabled(c.Names, false)}
	if config.Keep == 0 {
		config.Keep = defaultKeep
	}
	if config.Keep < minKeep {
		return config, fmt.Errorf("census: keep %s is less than a day", config.Keep)
	}
	if config.File, err = placeholder.Expand(c.File); err != nil {
		return config, fmt.Errorf("census: file: %w", err)
	}
	if config.File == "" {
		config.File = filepath.Join(caddy.AppDataDir(), "glance_registry", "census.sqlite")
	}
	if config.File, err = filepath.Abs(config.File); err != nil {
		return config, fmt.Errorf("census: file: %w", err)
	}
	if cache == nil || cache.Off {
		return config, nil
	}
	shared, err := cache.config(database)
	config.Redis, config.Key, config.Namespace = shared.Redis, shared.Key, shared.Namespace
	return config, err
}

var censusGrammar = grammar[Census]{
	"file": text("path", func(c *Census) *string { return &c.File }),
	"keep": duration(func(c *Census) *caddy.Duration { return &c.Keep }),

	"names": toggle(func(c *Census) **bool { return &c.Names }),
}

func parseCensus(d *caddyfile.Dispenser, s *Settings) error {
	s.Census = new(Census)
	if d.NextArg() {
		return usage(d, "census, or census { ... }")
	}
	return censusGrammar.block(d, "census", s.Census)
}

// counted adds a request to a route of v1, or one that no route has, to the census.
func (h *Handler) counted(r *http.Request, route, project string, at time.Time) {
	if h.census == nil {
		return
	}
	write := r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
	h.census.Add(census.Call{Caller: callerOf(r, project, false), At: at, Route: route, Write: write})
}

// countedCommands adds the commands of an RPC request to the census.
func (h *Handler) countedCommands(r *http.Request, project string, outcomes []rpc.Outcome) {
	if h.census == nil {
		return
	}
	caller, now := callerOf(r, project, true), time.Now()
	if len(outcomes) == 0 {
		h.census.Add(census.Call{Caller: caller, At: now, Route: routeRPC})
	}
	for _, o := range outcomes {
		h.census.Add(census.Call{Caller: caller, At: now, Route: "rpc." + o.Command, Write: !rpc.IsRead(o.Command)})
	}
}

func callerOf(r *http.Request, project string, rpc bool) census.Caller {
	agent := ""
	if fields := r.Header["User-Agent"]; len(fields) > 0 {
		agent = fields[0]
	}
	return census.Caller{Peer: identity.PeerAddress(r.RemoteAddr), Project: project, Agent: agent, Kind: census.KindOf(rpc, agent, r.URL.RawQuery)}
}
