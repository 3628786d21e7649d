package caddymodule

import (
	"errors"

	"github.com/caddyserver/caddy/v2"
)

func init() {
	caddy.RegisterModule(App{})
}

// App holds the settings that all `glance_registry` handlers share. A handler
// that sets one of them itself ignores the shared value.
type App struct {
	Settings
}

// CaddyModule returns the Caddy module information.
func (App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "glance_registry",
		New: func() caddy.Module { return new(App) },
	}
}

// Start implements caddy.App. The handlers do the work.
func (*App) Start() error { return nil }

// Stop implements caddy.App.
func (*App) Stop() error { return nil }

// globalSettings returns the settings of the app, if it is configured.
func globalSettings(ctx caddy.Context) (Settings, error) {
	app, err := ctx.AppIfConfigured("glance_registry")
	if errors.Is(err, caddy.ErrNotConfigured) {
		return Settings{}, nil
	}
	if err != nil {
		return Settings{}, err
	}
	return app.(*App).Settings, nil
}

// Interface guard
var _ caddy.App = (*App)(nil)
