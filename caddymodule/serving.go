package caddymodule

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/caddymodule/internal/deadline"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/budget"
)

// serving is what the handler keeps of one request while it answers it: the writer of
// the answer, the context of the work, and what logs and placeholders say of it. It is
// one value because every request has one: apart they cost more than the answer from a
// cache does.
type serving struct {
	caddyhttp.ResponseWriterWrapper

	status    int        // 0 until the answer begins
	challenge challenger // adds to a 401; may be nil
	debug     bool       // say in a header where the answer came from

	scope   scope
	trace   cache.Traced
	account budget.Account

	logged             bool // something may read the fields of the log
	route              string
	caller             bool // there is one
	requestID, project string
	commands           []zap.Field
}

// scope is the outermost part of the context.
type scope struct {
	deadline.Context
	of *serving
}

type servingKey struct{}

// Value implements context.Context.
func (s *scope) Value(key any) any {
	if key == (servingKey{}) {
		return s.of
	}
	return s.Context.Value(key)
}

// servingOf is what the handler keeps of a request; nil if the request is not its own.
func servingOf(r *http.Request) *serving {
	s, _ := r.Context().Value(servingKey{}).(*serving)
	return s
}

// serve begins a request whose work may take as long as limit; 0 is no bound. The
// request that it returns is the one to work on.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, limit time.Duration) (*serving, *http.Request) {
	s := &serving{debug: h.cached() && h.Cache.DebugHeader, logged: h.logged}
	s.ResponseWriter = w
	s.challenge, _ = h.identity.(challenger)
	var at time.Time
	if limit > 0 {
		at = time.Now().Add(limit)
	}
	s.scope.of = s
	s.scope.Begin(r.Context(), at)
	s.trace.Context = &s.scope
	answers.OpenIn(&s.account, &s.trace, h.Limits.Answers)
	if replacer, _ := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); replacer != nil {
		replacer.Map(s.placeholder)
	}
	return s, r.WithContext(&s.account)
}

// end ends the work, and gives the access log its fields.
func (s *serving) end() {
	s.account.Close()
	s.scope.End()
	if !s.logged {
		return
	}
	fields, _ := s.scope.Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields)
	if fields == nil {
		return
	}
	for _, name := range placeholders {
		if value, known := s.value(name); known {
			fields.Set(zap.String("glance_"+name, value))
		}
	}
	for _, field := range s.commands {
		fields.Set(field)
	}
}

// describe keeps the route and the caller of a request for the access log and the
// placeholders. There is no caller if identity was refused.
func (s *serving) describe(route string, caller *access.Caller) {
	s.route = route
	if s.caller = caller != nil; s.caller {
		s.requestID, s.project = caller.RequestID, caller.Project
	}
}

const placeholderPrefix = "http.glance_registry."

// placeholders are the names behind the prefix, and behind glance_ in the access log.
var placeholders = []string{"route", "request_id", "project", "cache"}

// placeholder is a caddy.ReplacerFunc.
func (s *serving) placeholder(key string) (any, bool) {
	name, ours := strings.CutPrefix(key, placeholderPrefix)
	if !ours {
		return nil, false
	}
	value, known := s.value(name)
	if !known {
		return nil, false
	}
	return value, true
}

func (s *serving) value(name string) (value string, known bool) {
	switch name {
	case "route":
		return s.route, s.route != ""
	case "request_id":
		return s.requestID, s.caller
	case "project":
		return s.project, s.caller
	case "cache":
		outcome := s.trace.Outcome()
		return outcome.String(), outcome != cache.Unused
	}
	return "", false
}

// WriteHeader implements http.ResponseWriter.
func (s *serving) WriteHeader(status int) {
	if status >= http.StatusOK {
		s.status = status
	}
	if status == http.StatusUnauthorized && s.challenge != nil {
		s.Header().Set("WWW-Authenticate", s.challenge.Challenge())
	}
	if s.debug {
		if outcome := s.trace.Outcome(); outcome != cache.Unused {
			s.Header().Set(cacheHeader, outcome.String())
		}
	}
	s.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (s *serving) Write(data []byte) (int, error) {
	if s.status == 0 {
		s.WriteHeader(http.StatusOK)
	}
	return s.ResponseWriter.Write(data)
}

// ReadFrom implements io.ReaderFrom.
func (s *serving) ReadFrom(from io.Reader) (int64, error) {
	if s.status == 0 {
		s.WriteHeader(http.StatusOK)
	}
	return s.ResponseWriterWrapper.ReadFrom(from)
}

// Interface guards
var (
	_ http.ResponseWriter = (*serving)(nil)
	_ io.ReaderFrom       = (*serving)(nil)
	_ context.Context     = (*scope)(nil)
)
