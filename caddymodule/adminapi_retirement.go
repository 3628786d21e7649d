package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/caddymodule/internal/censuses"
	"github.com/glancegate/glancegate/caddymodule/internal/retirements"
	"github.com/glancegate/glancegate/internal/retirement/census"
)

// retirement shows the planned ends of the sites, and whom they concerned so far.
func (a *adminAPI) retirement(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet {
		return methodNotAllowed(r)
	}
	return writeAdminJSON(w, http.StatusOK, map[string]any{
		"retirements": retirements.Reports(time.Now()),
		"peers":       retirements.Hits(),
	})
}

// desk shows what the page of glance_registry_desk shows.
func (a *adminAPI) desk(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet {
		return methodNotAllowed(r)
	}
	return writeAdminJSON(w, http.StatusOK, deskData(r.Context()))
}

// census shows who called, 404 where no site counts.
func (a *adminAPI) census(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet {
		return methodNotAllowed(r)
	}
	ctx, cancel := context.WithTimeout(r.Context(), healthTimeout)
	defer cancel()
	report, err := censuses.Report(ctx)
	switch {
	case report == nil && err != nil:
		return caddy.APIError{HTTPStatus: http.StatusServiceUnavailable, Err: err}
	case report == nil:
		return caddy.APIError{HTTPStatus: http.StatusNotFound, Err: errors.New("no site has a census; write `census` in glance_registry")}
	}
	answer := struct {
		*census.Report
		Error string `json:"error,omitempty"` // of counts that are missing
	}{Report: report}
	if err != nil {
		answer.Error = err.Error()
	}
	return writeAdminJSON(w, http.StatusOK, answer)
}
