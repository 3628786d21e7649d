package caddymodule

import (
	"net/http"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/registry/access"
)

// describe adds the caller and route of a request to the access log and the
// placeholders. There is no caller if identity was refused.
func describe(r *http.Request, route string, caller *access.Caller) {
	fields, _ := r.Context().Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields)
	replacer, _ := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	set := func(name, value string) {
		if fields != nil {
			fields.Set(zap.String("glance_"+name, value))
		}
		if replacer != nil {
			replacer.Set("http.glance_registry."+name, value)
		}
	}
	set("route", route)
	if caller != nil {
		set("request_id", caller.RequestID)
		set("project", caller.Project)
	}
}
