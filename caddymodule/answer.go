package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/identity/keystone"
	"github.com/glancegate/glancegate/internal/httperror"
)

// answer serves a request and records the outcome.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, to route) {
	start := time.Now()
	limit := h.Limits.work()
	if to.images != nil {
		limit = 0 // data under way have all the time that they need
	}
	client := r.Context()
	s, r := h.serve(w, r, limit)
	delete(s.Header(), "Server") // the registry never sent one
	defer func() {
		cause := recover()
		s.end()
		if cause != nil {
			h.recovered(s, r, cause)
		}
		result := outcomeOf(s.status)
		if client.Err() != nil {
			result = canceled
		}
		h.metrics.observe(to.name, result, time.Since(start))
	}()
	s.describe(to.name, nil)
	switch {
	case to.name == routeHealthcheck:
		h.healthcheck.ServeHTTP(s, r)
	case to.images != nil:
		h.answerImages(s, r, to)
	default:
		page, readOnly := h.retirement.Judge(s.Header(), r, to.name)
		if page != nil {
			h.counted(r, to.name, "", start)
			httperror.Write(s, r, page)
			return
		}
		h.served(s, r, to, readOnly)
	}
}

// identified serves a request of a known caller. If readOnly is not empty, it is why
// writes are refused.
func (h *Handler) identified(w http.ResponseWriter, r *http.Request, to route, readOnly string) {
	caller, err := h.identity.Identify(r)
	if err != nil {
		if to.images == nil {
			h.counted(r, to.name, "", time.Now())
		}
		h.refuse(w, r, err)
		return
	}
	if readOnly != "" {
		caller.ReadOnly, caller.ReadOnlyReason = true, readOnly
	}
	if s := servingOf(r); s != nil {
		s.describe(to.name, &caller)
	}
	w.Header().Set("X-Openstack-Request-Id", identity.EchoRequestID(caller.RequestID))
	use, done := h.engine.Use, h.engine.Done
	if to.images != nil { // data may be under way for hours
		use, done = h.engine.Hold, h.engine.Unhold
	}
	engine, err := use()
	if err != nil {
		h.report(r, err)
		httperror.Write(w, r, httperror.Unavailable(""))
		return
	}
	defer done()
	defer engine.begin() // after the request, which may make the database
	switch {
	case to.images != nil:
		engine.images.Serve(w, r, *to.images, &caller)
	case to.name == routeRPC:
		engine.rpc.Serve(w, r, &caller)
	default:
		h.counted(r, to.name, caller.Project, time.Now())
		engine.v1.Serve(w, r, to.v1, &caller)
	}
}

// refuse answers a request without a caller.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, identity.ErrPeer) {
		h.refusals.add(h.logger, r.RemoteAddr, time.Now())
	}
	if errors.Is(err, keystone.ErrTooLong) && h.longTokens.due(identity.PeerAddress(r.RemoteAddr), time.Now()) {
		h.logger.Warn("a token is refused without a question to Keystone: "+keystone.ErrTooLong.Error(), zap.String("peer", identity.PeerAddress(r.RemoteAddr)))
	}
	page := httperror.From(err)
	if page.Status >= http.StatusInternalServerError {
		h.report(r, err)
	}
	httperror.Write(w, r, page)
}

// recovered answers a request whose handling panicked.
func (h *Handler) recovered(s *serving, r *http.Request, cause any) {
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	h.logger.Error("panic while serving a request",
		zap.Any("panic", cause), zap.String("method", r.Method), zap.String("path", r.URL.Path), zap.Stack("stack"))
	if s.status != 0 {
		panic(http.ErrAbortHandler) // the answer has begun; the client has to see that it is broken
	}
	httperror.Write(s, r, httperror.Internal())
}

// report logs an error that the answer does not contain.
func (h *Handler) report(r *http.Request, err error) {
	if errors.Is(r.Context().Err(), context.Canceled) {
		return // the client has gone; that is not an error
	}
	fields := []zap.Field{zap.Error(err), zap.String("method", r.Method), zap.String("path", r.URL.Path)}
	if advice := dbbackend.Advice(err); advice != "" {
		fields = append(fields, zap.String("advice", advice))
	}
	h.logger.Error("request failed", fields...)
}
