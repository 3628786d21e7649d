package commands

import (
	"context"

	"github.com/glancegate/glancegate/caddymodule"
)

// headersChecks look at a server with the Images API v1.
var headersChecks = []check[caddymodule.HeadersTarget]{{name: "headers", run: checkHeaders}}

// checkHeaders says which header names Caddy lets through.
func checkHeaders(_ context.Context, t caddymodule.HeadersTarget) (result, text string) {
	passing, problem := t.Judge()
	if problem != "" {
		return checkWarning, passing + ": " + problem
	}
	return checkOK, passing
}
