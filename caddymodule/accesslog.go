package caddymodule

import (
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/registry/access"
)

// describe adds the caller and route of a request to the access log and the
// placeholders. There is no caller if identity was refused.
func describe(r *http.Request, route string, caller *access.Caller) {
	fields, _ := r.Context().Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields)
	replacer, _ := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	set := func(name, value string) {
		if fields != nil {
			fields.Set(zap.String("glance_"+name, value))
		}
		if replacer != nil {
			replacer.Set("http.glance_registry."+name, value)
		}
	}
	set("route", route)
	if caller != nil {
		set("request_id", caller.RequestID)
		set("project", caller.Project)
	}
}

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

// describeOutcome gives the access log and the placeholders the outcome.
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
