package caddymodule

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/identity"
)

// identitySource is a module that identifies callers.
type identitySource interface {
	// identifier returns the Identifier for all requests.
	identifier(identityRules) identity.Identifier

	// namesPeers reports whether the configuration says by name which peers
	// may send identity headers.
	namesPeers() bool
}

// identityRules are the settings that all sources share.
type identityRules struct {
	identity.Rules

	release compat.Release // that of `compatible_with`
}

var defaultIdentity = json.RawMessage(`{"source": "trusted"}`)

// loadIdentity loads the source of identity.
func (h *Handler) loadIdentity(ctx caddy.Context) error {
	adminRole, err := placeholder.Expand(cmp.Or(h.AdminRole, "admin"))
	if err != nil {
		return fmt.Errorf("admin_role: %w", err)
	}
	policy, err := h.loadPolicy()
	if err != nil {
		return err
	}
	if len(h.IdentityRaw) == 0 {
		h.IdentityRaw = defaultIdentity
	}
	module, err := ctx.LoadModule(h, "IdentityRaw")
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	h.source = module.(identitySource)
	h.identity = h.source.identifier(identityRules{
		Rules: identity.Rules{
			AdminRole:      adminRole,
			Policy:         policy,
			OwnerIsTenant:  enabled(h.OwnerIsTenant, true),
			AllowAnonymous: enabled(h.AllowAnonymous, false),
			MaxRequestID:   h.Limits.RequestID,
		},
		release: h.release(),
	})
	return nil
}

func parseIdentity(d *caddyfile.Dispenser, s *Settings) error {
	if !d.NextArg() {
		return usage(d, "identity none|trusted|keystone")
	}
	name := d.Val()
	switch name {
	case "none", "trusted", "keystone":
	default:
		return d.Errf("identity %q is unknown; write: identity none|trusted|keystone", name)
	}
	module, err := caddyfile.UnmarshalModule(d, "glance_registry.identity."+name)
	if err != nil {
		return err
	}
	s.IdentityRaw = caddyconfig.JSONModuleObject(module, "source", name, nil)
	return nil
}

// challenger is a source of identity that says where to log in.
type challenger interface {
	// Challenge is the WWW-Authenticate field of every 401.
	Challenge() string
}

// challenging returns a writer that adds the field to every 401.
func challenging(w http.ResponseWriter, source identity.Identifier) http.ResponseWriter {
	c, ok := source.(challenger)
	if !ok {
		return w
	}
	return &challengeWriter{w, c}
}

type challengeWriter struct {
	http.ResponseWriter
	challenger
}

// WriteHeader implements http.ResponseWriter.
func (w *challengeWriter) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", w.Challenge())
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *challengeWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
