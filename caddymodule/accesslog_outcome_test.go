package caddymodule

import (
	"context"
	"net/http"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/cache"
)

// Every outcome of a public read can be asked for by its placeholder, and the other
// placeholders of the request still have their values.
func TestOutcomesHavePlaceholders(t *testing.T) {
	for outcome := range cache.Outcomes {
		replacer := caddy.NewReplacer()
		r, err := http.NewRequestWithContext(context.WithValue(t.Context(), caddy.ReplacerCtxKey, replacer), http.MethodGet, "/v2/images", nil)
		if err != nil {
			t.Fatal(err)
		}
		new(Handler).describeOutcome(r, outcome)
		value, known := replacer.Get("http.glance_registry.cache")
		if known != (outcome != cache.Unused) || known && value != outcome.String() {
			t.Errorf("outcome %d: got %v, %v, want %q", outcome, value, known, outcome)
		}
		if value, known := replacer.Get("http.glance_registry.route"); known {
			t.Errorf("outcome %d: the route is %v", outcome, value)
		}
	}
}
