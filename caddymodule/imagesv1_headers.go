package caddymodule

import (
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// HeadersTarget is a server with the Images API v1, and the header names with
// underscores that it lets through.
type HeadersTarget struct {
	Listen  []string
	Allowed []string // as in expected_underscore_headers
}

// fieldNames are those that every client of the Images API v1 sends.
var fieldNames = []string{
	"x-image-meta-disk_format", "x-image-meta-container_format", "x-image-meta-is_public", "x-image-meta-min_disk", "x-image-meta-min_ram",
}

// Judge says which names pass, and which of fieldNames are missing; problem is
// empty if none is.
func (t HeadersTarget) Judge() (passing, problem string) {
	passing = "header names with underscores that pass: " + strings.Join(t.Allowed, " ")
	if len(t.Allowed) == 0 {
		passing = "no header name with an underscore passes"
	}
	var missing []string
	for _, name := range fieldNames {
		if !slices.ContainsFunc(t.Allowed, func(allowed string) bool { return strings.EqualFold(allowed, name) }) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		problem = fmt.Sprintf("Caddy drops %s, which clients of the Images API v1 send; list them in expected_underscore_headers of the server "+
			"(docs/images-v1.md)", strings.Join(missing, ", "))
	}
	return passing, problem
}

// logHeaderNames logs which header names pass: the others are dropped before
// anything can be said about them.
func (h *Handler) logHeaderNames(ctx caddy.Context) {
	server, ok := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if !ok {
		return
	}
	passing, problem := HeadersTarget{server.Listen, server.ExpectedUnderscoreHeaders}.Judge()
	h.logger.Info("images_v1: "+passing, zap.Strings("listen", server.Listen))
	if problem != "" {
		h.logger.Warn("images_v1: "+problem, zap.Strings("listen", server.Listen))
	}
}
