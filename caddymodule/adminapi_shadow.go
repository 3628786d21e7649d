package caddymodule

import (
	"errors"
	"net/http"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/caddymodule/internal/shadows"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

const shadowPath = "/glance_registry/shadow"

// shadowHealth is the state of an old registry.
type shadowHealth struct {
	URL   string `json:"url"`
	Serve string `json:"serve"`
	shadow.State
}

// shadowsHealth is how the old registries answered last. None of them is asked for it.
func shadowsHealth() (states []shadowHealth) {
	for _, r := range shadows.Reports() {
		states = append(states, shadowHealth{r.Old, r.Serve, r.Service})
	}
	return states
}

// shadow shows what the comparisons with old registries found; DELETE lets it begin anew.
func (a *adminAPI) shadow(w http.ResponseWriter, r *http.Request) error {
	switch r.Method {
	case http.MethodGet:
		return writeAdminJSON(w, http.StatusOK, map[string]any{"shadows": shadows.Reports()})
	case http.MethodDelete:
		shadows.Reset()
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return methodNotAllowed(r)
}

// shadowCases are the samples as recorded cases, one on each line. The query may name the
// dataset that a replay loads.
func (a *adminAPI) shadowCases(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet {
		return methodNotAllowed(r)
	}
	reports := shadows.Reports()
	if len(reports) == 0 {
		return caddy.APIError{HTTPStatus: http.StatusNotFound, Err: errors.New("no site has a shadow; write `shadow` in glance_registry")}
	}
	w.Header().Set("Content-Type", "application/jsonl")
	for _, report := range reports {
		for _, sample := range report.Samples {
			line, err := sample.Case(r.URL.Query().Get("dataset"))
			if err != nil {
				continue // a body is too large for it
			}
			if _, err := w.Write(append(line, '\n')); err != nil {
				return err
			}
		}
	}
	return nil
}
