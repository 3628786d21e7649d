// Package caddymodule is the registry gateway as a Caddy module: the handler directive
// and global option glance_registry, identity sources, metrics and the admin API.
package caddymodule

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/caddymodule/internal/backgrounds"
	"github.com/glancegate/glancegate/caddymodule/internal/censuses"
	"github.com/glancegate/glancegate/caddymodule/internal/listening"
	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/caddymodule/internal/retirements"
	"github.com/glancegate/glancegate/caddymodule/internal/shadows"
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/internal/glanceapi"
	"github.com/glancegate/glancegate/registry/imagesv1"
	"github.com/glancegate/glancegate/registry/rest"
)

func init() {
	caddy.RegisterModule(Handler{})
}

// Handler serves the API of OpenStack's glance-registry from Glance's database, for the
// services and scripts that still call it. Missing settings come from the
// `glance_registry` app.
//
// ### Placeholders
//
// Placeholder | Description
// ------------|---------------
// `{http.glance_registry.route}` | The route, such as `images.show`, or `none`
// `{http.glance_registry.request_id}` | The request id that the client gets
// `{http.glance_registry.project}` | The project id of the caller
// `{http.glance_registry.cache}` | Where the answer came from: `hit`, `negative`, `shared`, `miss` or `bypass`
//
// The access log has the same as `glance_route`, `glance_request_id`,
// `glance_project` and `glance_cache`.
type Handler struct {
	Settings

	logger      *zap.Logger
	logged      bool // the site's server has an access log
	source      identitySource
	identity    identity.Identifier
	healthcheck healthcheck
	metrics     requestMetrics
	refusals    *refusalLog
	longTokens  *refusalLog
	retirement  *retirements.Retirement // nil: none is planned
	census      *censuses.Census        // nil: nothing is counted
	censusOf    censuses.Config
	engine      *share.Ref[*engine] // nil until it is acquired

	// Of the old registry that runs beside the gateway; nil: none does.
	shadow   *shadows.Shadow
	shadowOf shadows.Config
	direct   *share.Ref[*engine] // reads without the cache

	// Of the Images API v1, where it is served.
	glanceAPI     *glanceapi.Client
	imagesPolicy  imagesPolicy
	background    *imagesv1.Background
	backgroundKey share.Key
}

// CaddyModule returns the Caddy module information.
func (Handler) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.glance_registry",
		New: func() caddy.Module { return new(Handler) },
	}
}

// Provision sets up the handler. It opens no connection and creates no file.
func (h *Handler) Provision(ctx caddy.Context) error {
	h.logger = ctx.Logger()
	server, ok := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	h.logged = !ok || server.Logs != nil
	h.refusals, h.longTokens = new(refusalLog), new(refusalLog)
	app, err := sharedApp(ctx)
	if err != nil {
		return err
	}
	h.Settings = h.Settings.over(app.Settings)
	app.sites = append(app.sites, listening.On(ctx, enabled(h.SharePort, false)))
	h.Limits = h.Limits.over(defaultLimits)
	if err := h.checkShadow(); err != nil {
		return err
	}
	addEntrance(ctx)
	h.warnOfNames(ctx)

	if err := h.loadIdentity(ctx); err != nil {
		return err
	}
	if err := h.loadImagesV1(ctx); err != nil {
		return err
	}
	if h.healthcheck.path = cmp.Or(h.Healthcheck, defaultHealthcheck); h.healthcheck.path == "off" {
		h.healthcheck.path = ""
	}
	if h.healthcheck.disabledBy, err = placeholder.Expand(h.HealthcheckFile); err != nil {
		return fmt.Errorf("healthcheck_file: %w", err)
	}
	if h.metrics, err = newRequestMetrics(ctx.GetMetricsRegistry()); err != nil {
		return fmt.Errorf("registering metrics: %w", err)
	}
	config, err := h.databaseConfig(h.logger)
	if err != nil {
		return err
	}
	if h.ImagesV1 != nil {
		if h.background, h.backgroundKey, err = backgrounds.Acquire(config.URL, h.ImagesV1.URL); err != nil {
			return err
		}
	}
	if h.Cache != nil {
		if err := h.Cache.check(); err != nil {
			return err
		}
	}
	if err := h.checkPublicReads(); err != nil {
		return err
	}
	if err := h.acquireEngine(config); err != nil {
		return err
	}
	if err := h.openShadow(config); err != nil {
		return err
	}
	if err := h.openCensus(config.URL); err != nil {
		return err
	}
	return h.planRetirement(app)
}

// openCensus takes a share in a census. It makes no file.
func (h *Handler) openCensus(database string) (err error) {
	if h.Census == nil {
		return nil
	}
	if h.censusOf, err = h.Census.config(h.Cache, database); err != nil {
		return err
	}
	h.census, err = censuses.Acquire(h.censusOf, h.logger.Named("census"))
	return err
}

// planRetirement makes the planned end known to metrics, reports and the log.
func (h *Handler) planRetirement(app *App) (err error) {
	if h.Retire == nil {
		return nil
	}
	if h.retirement, err = h.Retire.plan(); err != nil {
		return fmt.Errorf("retire: %w", err)
	}
	retirements.Add(h.retirement)
	app.retirements = append(app.retirements, h.retirement)
	return nil
}

// Validate refuses settings that contradict each other.
func (h *Handler) Validate() error {
	if _, known := compat.Parse(h.CompatibleWith); !known {
		return fmt.Errorf("compatible_with: %q is none of %s", h.CompatibleWith, strings.Join(compat.Names, ", "))
	}
	if enabled(h.PassThrough, false) && !enabled(h.Harden, false) && !h.source.namesPeers() {
		return errors.New("pass_through is for public listeners; add `harden`, or name the peers " +
			"with `from` or `client_certificate` in `identity`")
	}
	return h.Limits.check()
}

// Cleanup releases the database when the last request has ended.
func (h *Handler) Cleanup() error {
	if h.background != nil {
		backgrounds.Release(h.background, h.backgroundKey)
	}
	if h.engine != nil {
		h.engine.Close()
	}
	h.closeShadow()
	retirements.Remove(h.retirement)
	if h.census != nil {
		censuses.Release(h.censusOf)
	}
	return nil
}

// ServeHTTP answers registry calls. Other requests are passed on or answered, too.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	to, claimed := h.route(r)
	if !claimed {
		return h.passOn(w, r, next)
	}
	h.answer(w, r, to)
	return nil
}

// withoutTrailer is a request whose trailer is not passed on: the fields in it are
// known only when the body has been read, and some servers take them for headers.
func withoutTrailer(r *http.Request) *http.Request {
	if r.Trailer == nil {
		return r
	}
	without := *r
	without.Trailer = nil
	return &without
}

// route is where a request goes.
type route struct {
	name string     // in metrics and logs
	v1   rest.Route // within registry v1

	images *imagesv1.Route // of the Images API v1; nil: it is none
}

// route finds the route of a request and whether the handler answers it. With
// pass_through the paths that glance-api has as well belong to glance-api.
func (h *Handler) route(r *http.Request) (to route, claimed bool) {
	if h.ImagesV1 != nil {
		if images, claimed := imagesv1.Match(r); claimed {
			return route{name: images.Name(), images: &images}, true
		}
	}
	path := r.URL.Path
	passThrough := enabled(h.PassThrough, false)
	if path == "/" && passThrough {
		return route{}, false
	}
	if enabled(h.V1, true) {
		to.v1 = rest.Match(r.Method, path)
	}
	isRPC := enabled(h.RPC, true) && r.Method == http.MethodPost && path == rpcPath
	switch {
	case path == h.healthcheck.path:
		to.name = routeHealthcheck
	case isRPC:
		to.name = routeRPC
	case to.v1.Found():
		to.name = to.v1.Name
	default:
		to.name = routeNone
	}
	return to, !passThrough || to.v1.Found() || isRPC
}

// Interface guards
var (
	_ caddy.Provisioner           = (*Handler)(nil)
	_ caddy.Validator             = (*Handler)(nil)
	_ caddy.CleanerUpper          = (*Handler)(nil)
	_ caddyhttp.MiddlewareHandler = (*Handler)(nil)
)
