package caddymodule

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/caddymodule/internal/censuses"
	"github.com/glancegate/glancegate/caddymodule/internal/retirements"
	"github.com/glancegate/glancegate/caddymodule/internal/shadows"
	"github.com/glancegate/glancegate/internal/retirement/desk"
)

func init() {
	caddy.RegisterModule(Desk{})
	httpcaddyfile.RegisterHandlerDirective("glance_registry_desk", parseDesk)
	httpcaddyfile.RegisterDirectiveOrder("glance_registry_desk", httpcaddyfile.Before, "respond")
}

// Desk is a web page about the retirement of the registry: the remaining callers, what
// to change there, the plan, and the state of databases and caches. `/data.json` has the same
// data as JSON. It shows addresses and projects: put it behind authentication.
type Desk struct {
	stopped chan struct{} // closed when the server stops
}

// CaddyModule returns the Caddy module information.
func (Desk) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.glance_registry_desk",
		New: func() caddy.Module { return new(Desk) },
	}
}

// Provision ends the live updates when the server stops, which would wait for them.
func (d *Desk) Provision(ctx caddy.Context) error {
	d.stopped = make(chan struct{})
	if server, ok := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server); ok {
		server.RegisterOnStop(func(context.Context) error {
			close(d.stopped)
			return nil
		})
	}
	return nil
}

// UnmarshalCaddyfile reads `glance_registry_desk`, which has no options.
func (d *Desk) UnmarshalCaddyfile(tokens *caddyfile.Dispenser) error {
	tokens.Next()
	if tokens.NextArg() || tokens.NextBlock(tokens.Nesting()) {
		return tokens.Err("glance_registry_desk takes no argument and no block")
	}
	return nil
}

func parseDesk(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	d := new(Desk)
	return d, d.UnmarshalCaddyfile(h.Dispenser)
}

// ServeHTTP answers the page, its files, its data and its updates.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request, _ caddyhttp.Handler) error {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		return caddyhttp.Error(http.StatusMethodNotAllowed, nil)
	}
	switch strings.TrimPrefix(r.URL.Path, "/") {
	case "":
		var page bytes.Buffer
		if err := deskData(r.Context()).WritePage(&page); err != nil {
			return caddyhttp.Error(http.StatusInternalServerError, err)
		}
		return writeDesk(w, "text/html; charset=utf-8", page.Bytes())
	case "data.json":
		text, err := json.Marshal(deskData(r.Context()))
		if err != nil {
			return caddyhttp.Error(http.StatusInternalServerError, err)
		}
		return writeDesk(w, "application/json", text)
	case "style.css":
		return writeDesk(w, "text/css; charset=utf-8", desk.Style)
	case "live.js":
		return writeDesk(w, "text/javascript; charset=utf-8", desk.Script)
	case "events":
		return d.live(w, r)
	}
	return caddyhttp.Error(http.StatusNotFound, nil)
}

func writeDesk(w http.ResponseWriter, contentType string, text []byte) error {
	w.Header().Set("Content-Type", contentType)
	_, err := w.Write(text)
	return err
}

const liveInterval = 5 * time.Second

// live sends the changing part of the page every few seconds, as server-sent events.
func (d *Desk) live(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	tick := time.NewTicker(liveInterval)
	defer tick.Stop()
	for {
		data := deskData(r.Context())
		html, err := data.Main()
		if err != nil {
			return caddyhttp.Error(http.StatusInternalServerError, err)
		}
		text, err := json.Marshal(map[string]string{"html": string(html), "at": data.At.UTC().Format("2006-01-02 15:04:05 UTC")})
		if err != nil {
			return caddyhttp.Error(http.StatusInternalServerError, err)
		}
		if _, err := fmt.Fprintf(w, "event: main\ndata: %s\n\n", text); err != nil {
			return nil // the viewer has disconnected
		}
		if err := flush.Flush(); err != nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return nil
		case <-d.stopped:
			return nil
		}
	}
}

// deskKept is how long viewers share what was collected: it asks the databases.
const deskKept = 2 * time.Second

var collected struct {
	sync.Mutex
	data *desk.Data
}

// deskData collects what the desk shows, for all sites of the process.
func deskData(ctx context.Context) *desk.Data {
	collected.Lock()
	defer collected.Unlock()
	now := time.Now()
	if d := collected.data; d != nil && now.Sub(d.At) < deskKept {
		return d
	}
	// The data are shared, so collecting them must not end with the first viewer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTimeout)
	defer cancel()
	d := &desk.Data{At: now, Problems: []string{}}
	report, err := censuses.Report(ctx)
	if err != nil {
		d.Problems = append(d.Problems, err.Error())
	}
	d.Complete(report)
	d.Plans, d.Concerned = retirements.Reports(now), retirements.Hits()
	d.Shadows = shadows.Reports()
	addStates(ctx, d)
	collected.data = d
	return d
}

func addStates(ctx context.Context, d *desk.Data) {
	d.Databases, d.Caches = []desk.State{}, []desk.State{}
	for _, s := range databasesHealth(ctx) {
		state := desk.State{Name: s.Database, Well: s.Error == "", State: s.Error}
		if state.Well {
			state.State = fmt.Sprintf("reachable, schema of %s (%s)", s.Schema.Release, s.Schema.Kind)
		}
		d.Databases = append(d.Databases, state)
	}
	for _, c := range cacheStates() {
		state := desk.State{Name: c.Database, Well: c.Serving, State: "serving"}
		if !c.Serving {
			state.State = "not serving: " + c.Reason
		}
		d.Caches = append(d.Caches, state)
	}
}

// Interface guards
var (
	_ caddy.Provisioner           = (*Desk)(nil)
	_ caddyhttp.MiddlewareHandler = (*Desk)(nil)
	_ caddyfile.Unmarshaler       = (*Desk)(nil)
)
