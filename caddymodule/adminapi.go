package caddymodule

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/caddymodule/internal/databases"
	"github.com/glancegate/glancegate/caddymodule/internal/keystones"
	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/internal/version"
)

func init() {
	caddy.RegisterModule(adminAPI{})
}

// adminAPI reports the health of the gateway's databases, caches, Keystones and shadows.
type adminAPI struct{}

// CaddyModule returns the Caddy module information.
func (adminAPI) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "admin.api.glance_registry",
		New: func() caddy.Module { return new(adminAPI) },
	}
}

// Routes returns the admin routes of the gateway.
func (a *adminAPI) Routes() []caddy.AdminRoute {
	return []caddy.AdminRoute{
		{Pattern: "/glance_registry/health", Handler: caddy.AdminHandlerFunc(a.health)},
		{Pattern: "/glance_registry/census", Handler: caddy.AdminHandlerFunc(a.census)},
		{Pattern: "/glance_registry/desk", Handler: caddy.AdminHandlerFunc(a.desk)},
		{Pattern: "/glance_registry/retirement", Handler: caddy.AdminHandlerFunc(a.retirement)},
		{Pattern: shadowPath, Handler: caddy.AdminHandlerFunc(a.shadow)},
		{Pattern: shadowPath + "/cases", Handler: caddy.AdminHandlerFunc(a.shadowCases)},
		{Pattern: cachePath, Handler: caddy.AdminHandlerFunc(a.cache)},
		{Pattern: publicPath, Handler: caddy.AdminHandlerFunc(a.publicReads)},
		{Pattern: cacheImagePath, Handler: caddy.AdminHandlerFunc(a.cacheImage)},
	}
}

// databaseHealth is the state of one database.
type databaseHealth struct {
	Database  string `json:"database"` // URL without password
	Dialect   string `json:"dialect"`
	Reachable bool   `json:"reachable"`
	Error     string `json:"error,omitempty"`

	// Schema is the schema of the database; null if it can't be reached.
	Schema *schemaHealth `json:"schema"`
}

// schemaHealth is the state of a schema and what follows from it.
type schemaHealth struct {
	release.State
	Readable bool `json:"readable"`
	Writable bool `json:"writable"`
}

// healthReport is the body of the answer.
type healthReport struct {
	Build     version.Build    `json:"build"`
	Databases []databaseHealth `json:"databases"`
	Keystone  []keystoneHealth `json:"keystone,omitempty"`
	Caches    []cacheHealth    `json:"caches"`
	Shadows   []shadowHealth   `json:"shadows,omitempty"`
}

// unusable reports whether any database or Keystone can't be used, or an old registry that
// answers clients.
func (r *healthReport) unusable() bool {
	return slices.ContainsFunc(r.Databases, func(d databaseHealth) bool { return d.Error != "" }) ||
		slices.ContainsFunc(r.Keystone, func(k keystoneHealth) bool { return !k.Reachable }) ||
		slices.ContainsFunc(r.Shadows, func(s shadowHealth) bool { return s.Serve == "old" && !s.Reachable })
}

// healthTimeout bounds each check.
const healthTimeout = 5 * time.Second

// health checks every database and Keystone in use. The status is 503 if one of them
// can't be used. A cache that can't be used only makes requests slower.
func (a *adminAPI) health(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet {
		return methodNotAllowed(r)
	}
	report := healthReport{Build: version.Current(), Caches: cacheStates(), Shadows: shadowsHealth()}
	var asking sync.WaitGroup
	asking.Go(func() { report.Databases = databasesHealth(r.Context()) })
	asking.Go(func() {
		report.Keystone = keystones.AskAll(func(v *keystones.Validator) keystoneHealth {
			ctx, cancel := context.WithTimeout(r.Context(), healthTimeout)
			defer cancel()
			return healthOf(ctx, v)
		})
	})
	asking.Wait()
	status := http.StatusOK
	if report.unusable() {
		status = http.StatusServiceUnavailable
	}
	return writeAdminJSON(w, status, report)
}

// databasesHealth checks all databases concurrently, so that they do not delay each
// other.
func databasesHealth(ctx context.Context) []databaseHealth {
	return append([]databaseHealth{}, databases.AskAll(func(d *databases.Database) databaseHealth {
		ctx, cancel := context.WithTimeout(ctx, healthTimeout)
		defer cancel()
		state := databaseHealth{Database: d.Name, Dialect: d.Dialect(), Reachable: true}
		schema, err := d.State(ctx)
		if err != nil {
			state.Reachable, state.Error = schema.Kind != "", err.Error()
		}
		if schema.Kind != "" {
			state.Schema = &schemaHealth{State: schema, Readable: err == nil, Writable: err == nil && d.Writable() == nil}
		}
		return state
	})...)
}

// keystoneHealth is the state of one Keystone.
type keystoneHealth struct {
	URL         string     `json:"url"`
	Reachable   bool       `json:"reachable"` // and takes the service user for what it is
	Error       string     `json:"error,omitempty"`
	LastSuccess *time.Time `json:"last_success,omitempty"` // of a validation
	LastFailure *time.Time `json:"last_failure,omitempty"`
	LastError   string     `json:"last_error,omitempty"`
}

// healthOf checks a Keystone, and adds the results of past validations.
func healthOf(ctx context.Context, v *keystones.Validator) keystoneHealth {
	so := v.Health()
	h := keystoneHealth{URL: v.URL(), Reachable: true, LastSuccess: timeOrNil(so.LastSuccess), LastFailure: timeOrNil(so.LastFailure)}
	if so.Err != nil {
		h.LastError = so.Err.Error()
	}
	if err := v.Check(ctx); err != nil {
		h.Reachable, h.Error = false, err.Error()
	}
	return h
}

// timeOrNil omits zero times from JSON.
func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// Interface guard
var _ caddy.AdminRouter = (*adminAPI)(nil)
