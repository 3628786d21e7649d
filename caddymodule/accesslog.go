package caddymodule

import (
	"net/http"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/glancegate/glancegate/cache"
)

// describeOutcome gives the access log and the placeholders the outcome of a public read, if
// something may read them. It is no request of the registry, so it has no serving.
func (h *Handler) describeOutcome(r *http.Request, outcome cache.Outcome) {
	if h.logged {
		if fields, _ := r.Context().Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields); fields != nil {
			fields.Set(zap.String("glance_cache", outcome.String()))
		}
	}
	if replacer, _ := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); replacer != nil {
		replacer.Map(outcomePlaceholders[outcome])
	}
}

// outcomePlaceholders are made once, not for every request. There is one for every outcome:
// a replacer panics on a missing one as soon as something asks it.
var outcomePlaceholders = func() (list [cache.Outcomes]caddy.ReplacerFunc) {
	for outcome := range cache.Outcomes {
		list[outcome] = outcomePlaceholder(outcome)
	}
	return list
}()

func outcomePlaceholder(outcome cache.Outcome) caddy.ReplacerFunc {
	return func(key string) (any, bool) {
		name, ours := strings.CutPrefix(key, placeholderPrefix)
		return outcome.String(), ours && name == "cache" && outcome != cache.Unused
	}
}
