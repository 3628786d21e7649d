package caddymodule

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/caddymodule/internal/databases"
	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/caddymodule/internal/shadows"
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
)

// Shadow runs the gateway beside the registry that it replaces, and compares the answers
// of the two. Clients don't wait for it.
type Shadow struct {
	// The URL of the old registry.
	URL string `json:"url"`

	// Which of the two answers clients. With `new` the gateway does, and the old registry
	// is asked the reads again afterwards. With `old` the old registry does, reads and
	// writes, and the gateway reads. Default: `new`.
	Serve string `json:"serve,omitempty"`

	// How many answers that differ are kept. Default: 100.
	Samples int `json:"samples,omitempty"`
}

const (
	defaultSamples = 100
	mostSamples    = 10_000
)

// config checks the settings, and completes them.
func (s *Shadow) config() (shadows.Config, error) {
	c := shadows.Config{ServeOld: s.Serve == "old", Samples: s.Samples}
	switch s.Serve {
	case "", "old", "new":
	default:
		return c, fmt.Errorf("serve %q is neither old nor new", s.Serve)
	}
	if c.Samples == 0 {
		c.Samples = defaultSamples
	}
	if c.Samples < 0 || c.Samples > mostSamples {
		return c, fmt.Errorf("samples %d is not a number from 1 to %d", s.Samples, mostSamples)
	}
	var err error
	if c.URL, err = placeholder.Expand(s.URL); err != nil {
		return c, err
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return c, errors.New("the URL of the old registry has to be one like http://10.0.0.5:9191, without user and query")
	}
	return c, nil
}

// checkShadow refuses settings that contradict a shadow.
func (s *Settings) checkShadow() error {
	switch {
	case s.Shadow == nil:
		return nil
	case !enabled(s.V1, true) && !enabled(s.RPC, true):
		return errors.New("shadow has nothing to compare with `v1 off` and `rpc off`; remove shadow, or one of them")
	case s.Shadow.Serve == "old" && s.ImagesV1 != nil:
		return errors.New("shadow with `serve old` sends all writes to the old registry, but images_v1 writes to the database; " +
			"remove images_v1, or write `serve new`")
	}
	return nil
}

var shadowGrammar = grammar[Shadow]{
	"serve":   parseServe,
	"samples": parseSamples,
}

func parseShadow(d *caddyfile.Dispenser, s *Settings) error {
	s.Shadow = new(Shadow)
	if !d.AllArgs(&s.Shadow.URL) || s.Shadow.URL == "" {
		return usage(d, "shadow <url of the old registry>")
	}
	return shadowGrammar.block(d, "shadow", s.Shadow)
}

func parseServe(d *caddyfile.Dispenser, s *Shadow) error {
	if !d.AllArgs(&s.Serve) || s.Serve != "old" && s.Serve != "new" {
		return usage(d, "serve old|new")
	}
	return nil
}

func parseSamples(d *caddyfile.Dispenser, s *Shadow) (err error) {
	if s.Samples, err = wholeNumber(d, 1); err == nil && s.Samples > mostSamples {
		return d.Errf("samples %d is more than %d", s.Samples, mostSamples)
	}
	return err
}

// openShadow takes a share in a shadow, and in the database that it reads.
func (h *Handler) openShadow(config dbbackend.Config) (err error) {
	if h.Shadow == nil {
		return nil
	}
	if h.shadowOf, err = h.Shadow.config(); err != nil {
		return fmt.Errorf("shadow: %w", err)
	}
	direct := &share.Ref[*engine]{
		Acquire: func() (*engine, error) {
			database, err := databases.Acquire(config)
			if err != nil {
				return nil, err
			}
			return h.newReader(database), nil
		},
		Release: func() { databases.Release(config) },
	}
	if _, err := direct.Use(); err != nil {
		return err
	}
	h.direct = direct
	h.shadow, err = shadows.Acquire(h.shadowOf, h.logger.Named("shadow"))
	return err
}

// closeShadow is the end of openShadow.
func (h *Handler) closeShadow() {
	if h.direct != nil {
		h.direct.Close()
	}
	if h.shadow != nil {
		shadows.Release(h.shadowOf)
	}
}

// newReader is an engine without a cache that reads only. Neither metrics nor the census
// count what it does, since no client asked for it.
func (h *Handler) newReader(database *databases.Database) *engine {
	service := &registry.Service{
		Store: database, Rules: access.Rules{Harden: enabled(h.Harden, false), ReadOnly: true}, Release: h.release(),
	}
	e := &engine{begin: func() {}, v1: h.newV1(service), rpc: h.newRPC(service)}
	ignore := func(*http.Request, error) {}
	e.v1.Report, e.rpc.Report, e.rpc.Observe = ignore, ignore, nil
	return e
}

// Interface guard
var _ caddy.Destructor = (*shadows.Shadow)(nil)
