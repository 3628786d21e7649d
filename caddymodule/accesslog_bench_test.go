package caddymodule

import (
	"context"
	"net/http"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/cache"
)

// What a public read costs for those who may read its outcome.
func BenchmarkDescribeOutcome(b *testing.B) {
	for name, logged := range map[string]bool{"logged": true, "not logged": false} {
		b.Run(name, func(b *testing.B) {
			h := &Handler{logged: logged}
			r, _ := http.NewRequest(http.MethodGet, "/v2/images", nil)
			b.ReportAllocs()
			for b.Loop() {
				ctx := context.WithValue(b.Context(), caddy.ReplacerCtxKey, caddy.NewReplacer())
				ctx = context.WithValue(ctx, caddyhttp.ExtraLogFieldsCtxKey, new(caddyhttp.ExtraLogFields))
				h.describeOutcome(r.WithContext(ctx), cache.Hit)
			}
		})
	}
}
