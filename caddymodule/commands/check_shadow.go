package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	"github.com/glancegate/glancegate/caddymodule"
	"github.com/glancegate/glancegate/internal/dialer"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

var shadowChecks = []check[caddymodule.ShadowTarget]{
	{name: "old registry", run: checkOldRegistry},
	{name: "comparison", run: checkComparison},
}

// checkOldRegistry asks for a page that every caller may see, or be refused.
func checkOldRegistry(ctx context.Context, target caddymodule.ShadowTarget) (result, text string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target.URL, nil)
	if err != nil {
		return failedBy(err)
	}
	r.Header.Set(shadow.Mark, "1")
	transport := &http.Transport{DialContext: dialer.New(checkTimeout).DialContext, DisableKeepAlives: true}
	start := time.Now()
	res, err := transport.RoundTrip(r)
	if err != nil {
		if target.ServeOld {
			return checkFailed, fmt.Sprintf("it answers clients (serve old), but %v", err)
		}
		return checkWarning, fmt.Sprintf("nothing can be compared: %v", err)
	}
	defer res.Body.Close()
	return checkOK, fmt.Sprintf("answers %d in %s", res.StatusCode, round(time.Since(start)))
}

// checkComparison asks the gateway that runs what it found so far.
func checkComparison(_ context.Context, target caddymodule.ShadowTarget) (result, text string) {
	report, err := reportOf(target)
	switch {
	case err != nil:
		return checkSkipped, "only the gateway that runs knows what it found: " + err.Error()
	case report.Different > 0:
		return checkWarning, report.Summary() + "; see the desk, or GET " + shadowPath + " of the admin API"
	case report.Compared == 0:
		return checkWarning, report.Summary()
	}
	return checkOK, report.Summary()
}

const shadowPath = "/glance_registry/shadow"

var (
	errNoShadow = errors.New("it runs without this shadow")
	errAdminOff = errors.New("the configuration turns its admin API off")
)

// reportOf gets the report on an old registry from the admin API.
func reportOf(target caddymodule.ShadowTarget) (*shadow.Report, error) {
	if target.AdminOff {
		return nil, errAdminOff
	}
	address, err := caddycmd.DetermineAdminAPIAddress(target.Admin, nil, "", "")
	if err != nil {
		return nil, err
	}
	res, err := caddycmd.AdminAPIRequest(address, http.MethodGet, shadowPath, nil, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var answer struct{ Shadows []*shadow.Report }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return nil, err
	}
	for _, r := range answer.Shadows {
		if r.Old == target.URL {
			return r, nil
		}
	}
	return nil, errNoShadow
}
