package caddymodule

import (
	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/caddymodule/internal/caches"
	"github.com/glancegate/glancegate/caddymodule/internal/databases"
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/internal/publicreads"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/imagesv1"
	"github.com/glancegate/glancegate/registry/records"
	"github.com/glancegate/glancegate/registry/rest"
	"github.com/glancegate/glancegate/registry/rpc"
)

// engine serves requests that need the database.
type engine struct {
	v1  *rest.API
	rpc *rpc.API

	images *imagesv1.API // nil where it is not served

	public *publicreads.Reads // nil: off

	// begin connects the cache to Redis and to the database's changes. It is called
	// with every request, so that validating a configuration connects to nothing.
	begin func()
}

// acquireEngine acquires the database, and the cache in front of it, for as long as the
// handler or one of its requests needs them.
func (h *Handler) acquireEngine(config dbbackend.Config) error {
	l := &share.Ref[*engine]{
		Acquire: func() (*engine, error) {
			database, err := databases.Acquire(config)
			if err != nil {
				return nil, err
			}
			return h.newEngine(cache.Invalidating(database, caches.Of(database.Location)), func() {}), nil
		},
		Release: func() { databases.Release(config) },
	}
	if h.Cache != nil && !h.Cache.Off {
		if err := h.cacheRef(l, config); err != nil {
			return err
		}
	}
	if _, err := l.Use(); err != nil {
		return err
	}
	h.engine = l
	return nil
}

// cacheRef makes a reference one to a cache.
func (h *Handler) cacheRef(l *share.Ref[*engine], config dbbackend.Config) error {
	settings, err := h.Cache.config(config.URL)
	if err != nil {
		return err
	}
	l.Acquire = func() (*engine, error) {
		c, err := caches.Acquire(settings, config)
		if err != nil {
			return nil, err
		}
		e := h.newEngine(c, c.Begin)
		e.public = h.newPublicReads(c.Cache)
		return e, nil
	}
	l.Release = func() { caches.Release(settings, config) }
	return nil
}

func (h *Handler) newEngine(store records.Store, begin func()) *engine {
	service := &registry.Service{
		Store:   store,
		Rules:   access.Rules{Harden: enabled(h.Harden, false), ReadOnly: h.Database.ReadOnly},
		Release: h.release(),
	}
	v1 := h.newV1(service)
	return &engine{begin: begin, v1: v1, rpc: h.newRPC(service), images: h.newImagesV1(v1)}
}

// newV1 makes the API of registry v1 for a service.
func (h *Handler) newV1(service *registry.Service) *rest.API {
	return &rest.API{
		Service:     service,
		DefaultPage: h.Limits.DefaultPage,
		MaxPage:     h.Limits.MaxPage,
		BodyLimit:   h.Limits.BodyV1,
		Report:      h.report,
	}
}

// release is the one whose answers clients expect. Validate refuses others.
func (s *Settings) release() compat.Release {
	release, _ := compat.Parse(s.CompatibleWith)
	return release
}
