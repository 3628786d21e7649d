package caddymodule

import (
	"html"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"
)

const defaultHealthcheck = "/healthcheck"

// healthcheck answers load balancers as the old middleware did. It only looks for the
// file that takes a node out of service: an outage of the database must not remove all
// nodes at once.
type healthcheck struct {
	// path is compared exactly, before identity is checked; empty: no health check.
	path string

	disabledBy string // path; empty: never disabled
}

// ServeHTTP implements http.Handler.
func (c healthcheck) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, reason := http.StatusOK, "OK"
	if c.disabledBy != "" {
		if _, err := os.Stat(c.disabledBy); err == nil {
			status, reason = http.StatusServiceUnavailable, "DISABLED BY FILE"
		}
	}
	if r.Method == http.MethodHead {
		if status == http.StatusOK {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", healthPlain)
		w.WriteHeader(status)
		return
	}
	contentType := bestHealthType(r.Header["Accept"])
	var body string
	switch contentType {
	case healthHTML:
		reason := html.EscapeString(reason)
		body = "<HTML>\n<HEAD><TITLE>Healthcheck Status</TITLE></HEAD>\n<BODY>\n<H2>" + reason + "</H2>\n</BODY>\n</HTML>\n"
	case healthJSON:
		body = "{\n    \"detailed\": false,\n    \"reasons\": [\n        " + strconv.Quote(reason) + "\n    ]\n}"
	default:
		body = reason
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// The forms of the health page, the preferred one first.
const (
	healthPlain = "text/plain; charset=UTF-8"
	healthHTML  = "text/html; charset=UTF-8"
	healthJSON  = "application/json"
)

// bestHealthType returns the form that the client prefers. A form has the greatest
// weight of the ranges that match it; at equal weights an exact name beats a range, and
// then the order above decides.
func bestHealthType(accept []string) string {
	best, bestWeight, bestWildcards := healthPlain, 0.0, 3
	for _, form := range []string{healthPlain, healthHTML, healthJSON} {
		name, _, _ := strings.Cut(form, ";")
		for pattern := range strings.SplitSeq(strings.Join(accept, ","), ",") {
			mediaRange, parameters, err := mime.ParseMediaType(pattern)
			if err != nil || !covers(mediaRange, name) {
				continue
			}
			weight, err := strconv.ParseFloat(parameters["q"], 64)
			if err != nil {
				weight = 1
			}
			wildcards := strings.Count(mediaRange, "*")
			if weight > bestWeight || weight > 0 && weight == bestWeight && wildcards < bestWildcards {
				best, bestWeight, bestWildcards = form, weight, wildcards
			}
		}
	}
	return best
}

func covers(mediaRange, name string) bool {
	family, all := strings.CutSuffix(mediaRange, "*")
	return mediaRange == name || all && (mediaRange == "*/*" || strings.HasPrefix(name, family))
}
