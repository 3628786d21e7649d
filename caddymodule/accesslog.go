package caddymodule

import (
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/glancegate/glancegate/cache"
)

// cacheHeader says where an answer came from, if debug_header is on.
const cacheHeader = "X-Glance-Registry-Cache"

func (h *Handler) cached() bool { return h.Cache != nil && !h.Cache.Off }

// describeOutcome gives the access log and the placeholders the outcome of a public read. It is no
// request of the registry, so it has no serving.
func describeOutcome(r *http.Request, outcome cache.Outcome) {
	if fields, _ := r.Context().Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields); fields != nil {
		fields.Set(zap.String("glance_cache", outcome.String()))
	}
	if replacer, _ := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); replacer != nil {
		replacer.Set("http.glance_registry.cache", outcome.String())
	}
}
