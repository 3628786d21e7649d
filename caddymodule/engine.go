package caddymodule

import (
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/rest"
	"github.com/glancegate/glancegate/registry/rpc"
)

// engine is what serves requests that need the database.
type engine struct {
	v1  *rest.Handler
	rpc *rpc.Handler
}

// acquireEngine takes the handler's share in the database, for as long as the
// handler or one of its requests needs it.
func (h *Handler) acquireEngine(config dbbackend.Config) error {
	key := keyOf(config)
	l := &lease[*engine]{
		acquire: func() (*engine, error) {
			database, err := acquireDatabase(key, config)
			if err != nil {
				return nil, err
			}
			return h.newEngine(database), nil
		},
		release: func() { releaseDatabase(key) },
	}
	if _, err := l.use(); err != nil {
		return err
	}
	h.engine = l
	return nil
}

func (h *Handler) newEngine(store registry.Store) *engine {
	service := &registry.Service{
		Store:    store,
		Harden:   enabled(h.Harden, false),
		ReadOnly: h.Database.ReadOnly,
	}
	return &engine{v1: &rest.Handler{
		Service:     service,
		DefaultPage: h.Limits.DefaultPage,
		MaxPage:     h.Limits.MaxPage,
		BodyLimit:   h.Limits.BodyV1,
		LatinPaths:  onPython3(h.CompatibleWith),
		Report:      h.report,
	}, rpc: h.newRPC(service)}
}

// onPython3 tells whether the registry of a release, Train by default, ran on
// Python 3; the earlier ones ran on Python 2.
func onPython3(release string) bool {
	return release == "" || release == "stein" || release == "train"
}
