package caddymodule

import (
	"net/http"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/identity/keystone"
	"github.com/glancegate/glancegate/internal/publicreads"
)

// newPublicReads makes what keeps glance-api's answers; nil where that is off.
func (h *Handler) newPublicReads(c *cache.Cache) *publicreads.Reads {
	settings := h.publicReads()
	if settings == nil {
		return nil
	}
	return publicreads.New(publicreads.Config{
		Cache: c, TTL: settings.ttl(), MaxBody: settings.maxBody(),
		Lists: enabled(settings.Lists, true), Schemas: enabled(settings.Schemas, true),
		Counters: publicCounters,
		Report:   func(err error) { h.logger.Error("an answer was not compared", zap.Error(err)) },
	})
}

// passOn hands a request to the next handler, unless there is an answer to it.
func (h *Handler) passOn(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	identity.StripHeaders(r.Header)
	if h.publicReads() != nil {
		if read, ok := publicreads.Match(r); ok {
			return h.publicRead(w, r, read, next)
		}
	}
	return next.ServeHTTP(w, withoutTrailer(r))
}

// publicRead answers a read from memory, or lets glance-api answer and copies that
// aside.
func (h *Handler) publicRead(w http.ResponseWriter, r *http.Request, read publicreads.Read, next caddyhttp.Handler) error {
	engine, err := h.engine.Use()
	if err != nil {
		return next.ServeHTTP(w, r)
	}
	engine.begin()
	recording, answered := h.findPublic(w, r, read, engine.public)
	if recording == nil {
		h.engine.Done()
		if answered {
			return nil
		}
		return next.ServeHTTP(w, r)
	}
	complete := false
	defer func() {
		if !complete { // also where the next handler panics
			recording.Drop()
			h.engine.Done()
		}
	}()
	if err := next.ServeHTTP(recording, r); err != nil {
		return err
	}
	complete = true
	recording.Keep(h.engine.Done)
	return nil
}

// findPublic answers if it can. Where it can't, it returns a writer that copies the
// answer, or nil if the request is passed on without a look.
func (h *Handler) findPublic(w http.ResponseWriter, r *http.Request, read publicreads.Read, reads *publicreads.Reads) (rec *publicreads.Recording, answered bool) {
	outcome := cache.Bypass
	defer func() {
		if !answered {
			h.tellPublic(w, r, outcome)
		}
	}()
	if !reads.Wanted(read) || !reads.Serving() {
		return nil, false
	}
	sender, err := h.identity.(*keystone.Identifier).Sender(r)
	if err != nil {
		reads.Refuse(publicreads.Identity)
		return nil, false
	}
	key := reads.Key(sender.Digest(), r)
	if answer, ok := reads.Find(key); ok {
		h.tellPublic(w, r, cache.Hit)
		_ = publicreads.Answer(w, answer, identity.AnswerRequestID(r.Header)) // the client has gone
		return nil, true
	}
	caller, err := sender.Caller()
	if err != nil {
		reads.Refuse(publicreads.Identity)
		return nil, false
	}
	if rec = reads.Record(w, read, key, publicreads.Asker{Caller: caller, Service: sender.HasService()}); rec != nil {
		outcome = cache.Miss
	}
	return rec, false
}

// tellPublic makes it known where an answer comes from.
func (h *Handler) tellPublic(w http.ResponseWriter, r *http.Request, outcome cache.Outcome) {
	if h.Cache.DebugHeader {
		w.Header().Set(cacheHeader, outcome.String())
	}
	h.describeOutcome(r, outcome)
}
