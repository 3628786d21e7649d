package caddymodule

import (
	"mime"
	"strconv"
	"strings"
)

// The forms of the health page, the preferred one first.
const (
	healthPlain = "text/plain; charset=UTF-8"
	healthHTML  = "text/html; charset=UTF-8"
	healthJSON  = "application/json"
)

// bestHealthType is the form that the client likes best. A form is rated by
// the range that names it with the greatest weight; between equal weights an
// exact name beats a range, and then the order above counts.
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
