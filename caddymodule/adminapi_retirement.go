package caddymodule

import (
	"net/http"
	"time"

	"github.com/glancegate/glancegate/caddymodule/internal/retirements"
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
