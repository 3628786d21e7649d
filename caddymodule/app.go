package caddymodule

import (
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/caddymodule/internal/listening"
	"github.com/glancegate/glancegate/caddymodule/internal/logfile"
	"github.com/glancegate/glancegate/caddymodule/internal/retirements"
	"github.com/glancegate/glancegate/internal/version"
)

func init() {
	caddy.RegisterModule(App{})
}

// App holds the settings that all `glance_registry` handlers share. A handler's own
// settings take precedence.
type App struct {
	Settings

	ctx    caddy.Context
	logger *zap.Logger
	sites  []listening.Server

	retirements []*retirements.Retirement
}

// CaddyModule returns the Caddy module information.
func (App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "glance_registry",
		New: func() caddy.Module { return new(App) },
	}
}

// Provision keeps the context, which gives access to the http app.
func (a *App) Provision(ctx caddy.Context) error {
	a.ctx, a.logger = ctx, ctx.Logger()
	return nil
}

// defaultGracePeriod bounds how long requests may continue at a shutdown, if the
// configuration has no grace_period.
const defaultGracePeriod = 30 * time.Second

// Start implements caddy.App. It is not called when a configuration is only validated,
// which may happen while another gateway serves.
func (a *App) Start() error {
	build := version.Current()
	a.logger.Info("starting the gateway", zap.String("version", build.Version), zap.String("commit", build.Commit), zap.String("date", build.Date))
	for _, l := range a.sites {
		if err := l.Check(); err != nil {
			return err
		}
	}
	for _, end := range a.retirements {
		go end.Log(a.ctx, a.logger)
	}
	if err := listening.CheckAdmin(a.ctx); err != nil {
		return err
	}
	if err := a.setGracePeriod(); err != nil {
		return err
	}
	reloadOnHangup()
	return logfile.Begin()
}

func (a *App) setGracePeriod() error {
	app, err := a.ctx.AppIfConfigured("http")
	if errors.Is(err, caddy.ErrNotConfigured) {
		return nil
	}
	if err != nil {
		return err
	}
	// Caddy reads it when it stops the servers, and waits for ever if it is zero.
	if servers := app.(*caddyhttp.App); servers.GracePeriod == 0 {
		servers.GracePeriod = caddy.Duration(defaultGracePeriod)
	}
	return nil
}

// Stop implements caddy.App.
func (*App) Stop() error {
	logfile.End()
	return nil
}

// sharedApp returns the app, without settings if the configuration has none.
func sharedApp(ctx caddy.Context) (*App, error) {
	app, err := ctx.App("glance_registry")
	if err != nil {
		return nil, err
	}
	return app.(*App), nil
}

// Interface guards
var (
	_ caddy.App         = (*App)(nil)
	_ caddy.Provisioner = (*App)(nil)
)
