package caddymodule

import (
	"net/http"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/cache"
)

// cacheHeader says where an answer came from, if debug_header is on.
const cacheHeader = "X-Glance-Registry-Cache"

func (h *Handler) cached() bool { return h.Cache != nil && !h.Cache.Off }

// traced makes a request record where its answer comes from. end adds that to the
// access log and the placeholders.
func (h *Handler) traced(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, *http.Request, func()) {
	trace := new(cache.Trace)
	r = r.WithContext(cache.WithTrace(r.Context(), trace))
	if h.Cache.DebugHeader {
		w = &traceWriter{ResponseWriterWrapper: &caddyhttp.ResponseWriterWrapper{ResponseWriter: w}, trace: trace}
	}
	return w, r, func() {
		outcome := trace.Outcome()
		if outcome == cache.Unused {
			return
		}
		describeOutcome(r, outcome)
	}
}

// describeOutcome tells the access log and the placeholders.
func describeOutcome(r *http.Request, outcome cache.Outcome) {
	if fields, _ := r.Context().Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields); fields != nil {
		fields.Set(zap.String("glance_cache", outcome.String()))
	}
	if replacer, _ := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); replacer != nil {
		replacer.Set("http.glance_registry.cache", outcome.String())
	}
}

// traceWriter adds the header when an answer begins.
type traceWriter struct {
	*caddyhttp.ResponseWriterWrapper
	trace *cache.Trace
}

// WriteHeader implements http.ResponseWriter.
func (w *traceWriter) WriteHeader(status int) {
	if outcome := w.trace.Outcome(); outcome != cache.Unused {
		w.Header().Set(cacheHeader, outcome.String())
	}
	w.ResponseWriterWrapper.WriteHeader(status)
}
