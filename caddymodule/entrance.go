package caddymodule

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/caddymodule/internal/listening"
)

// secretHeaders are the fields that must not be logged. Caddy itself keeps Authorization
// and Cookie out.
var secretHeaders = []string{
	"X-Auth-Token", "X-Storage-Token", "X-Service-Token", "X-Service-Catalog",
	"X-Image-Meta-Location", "X-Glance-Api-Copy-From", // URLs, which may have a password
}

// entrance is the first handler of a site.
//
// It keeps secretHeaders out of logs, whatever their format is: Caddy copies a request
// for its log before any handler sees it. So the server is given the request once
// more, without these fields, and the first pass is not logged. Without a log that is
// needed for errors only.
//
// In the last route of a server it also takes the requests that belong to no site.
// Caddy would answer them with 200 and an empty body, which a client takes for success.
type entrance struct {
	server *caddyhttp.Server
	sites  caddyhttp.MatcherSets // of the route; nil: it is not the last one, or takes all
}

// addEntrance puts one in front of the route of the server that is being set up: the
// first one that has no handlers yet. The list of routes itself can't be changed then.
func addEntrance(ctx caddy.Context) {
	server, ok := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if !ok {
		return
	}
	for i := range server.Routes {
		route := &server.Routes[i]
		if len(route.HandlersRaw) == 0 {
			continue
		}
		if len(route.Handlers) == 0 { // another handler of the route has added one
			route.Handlers = []caddyhttp.MiddlewareHandler{&entrance{server: server}}
		}
		break
	}
	last := &server.Routes[len(server.Routes)-1]
	if len(last.MatcherSets) == 0 || takesAll(last) {
		return
	}
	e := &entrance{server: server, sites: last.MatcherSets}
	if len(last.Handlers) > 0 {
		last.Handlers[0] = e
	} else {
		last.Handlers = []caddyhttp.MiddlewareHandler{e}
	}
	last.MatcherSets = append(last.MatcherSets[:len(last.MatcherSets):len(last.MatcherSets)], caddyhttp.MatcherSet{})
}

// takesAll reports whether a route takes all requests, like that of a site without a
// name.
func takesAll(route *caddyhttp.Route) bool {
	for _, set := range route.MatcherSets {
		if len(set) == 0 {
			return true
		}
	}
	return false
}

// warnOfNames warns of a site that answers only to its host name.
func (h *Handler) warnOfNames(ctx caddy.Context) {
	server, ok := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if !ok || enabled(h.PassThrough, false) {
		return
	}
	if names := hostNames(server); slices.ContainsFunc(names, isPublic) {
		h.logger.Warn("requests for other hosts than those of the sites are answered with 421, also those to the address of this host; "+
			"write a site without a name, such as :9191, where clients call it by another one", zap.Strings("hosts", names))
	}
}

func isPublic(host string) bool { return !listening.IsLocal(host) }

// hostNames are the names of the sites of a server; nil: one takes all hosts.
func hostNames(server *caddyhttp.Server) []string {
	var names []string
	for i := range server.Routes {
		route := &server.Routes[i]
		if len(route.MatcherSets) == 0 || takesAll(route) && !guarded(route) {
			return nil
		}
		for _, set := range route.MatcherSets {
			for _, matcher := range set {
				if hosts, ok := matcher.(*caddyhttp.MatchHost); ok {
					names = append(names, *hosts...)
				}
			}
		}
	}
	return names
}

// guarded reports whether a route takes all requests to refuse those of no site.
func guarded(route *caddyhttp.Route) bool {
	if len(route.Handlers) == 0 {
		return false
	}
	e, ok := route.Handlers[0].(*entrance)
	return ok && e.sites != nil
}

// CaddyModule returns the name by which Caddy's metrics know the route.
func (*entrance) CaddyModule() caddy.ModuleInfo { return Handler{}.CaddyModule() }

// secretsKey is the key of the context under which the second pass finds the fields,
// errorKey that of the error with which the first one has ended.
type (
	secretsKey struct{}
	errorKey   struct{}
)

// ServeHTTP implements caddyhttp.MiddlewareHandler.
func (e *entrance) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	if err, failed := r.Context().Value(errorKey{}).(error); failed {
		return err
	}
	if secrets, again := r.Context().Value(secretsKey{}).(http.Header); again {
		for name, values := range secrets {
			r.Header[name] = values
		}
	} else if secrets := secretsIn(r.Header); secrets != nil {
		if e.server.Logs == nil {
			if err := e.pass(w, r, next); err != nil {
				second := withoutSecrets(r, secrets)
				e.server.ServeHTTP(w, second.WithContext(context.WithValue(second.Context(), errorKey{}, err)))
			}
			return nil
		}
		caddyhttp.SetVar(r.Context(), caddyhttp.LogSkipVar, true)
		e.server.ServeHTTP(w, withoutSecrets(r, secrets))
		return nil
	}
	return e.pass(w, r, next)
}

// pass lets the requests of the sites through.
func (e *entrance) pass(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	if e.sites != nil {
		if ours, err := e.sites.AnyMatchWithError(r); err != nil || !ours {
			http.Error(w, "No site of this gateway has the host name "+strings.Map(printable, r.Host)+
				". Call it by the name of a site, or give it a site without a name, such as :9191.", http.StatusMisdirectedRequest)
			return nil
		}
	}
	return next.ServeHTTP(w, r)
}

func printable(c rune) rune {
	if c < ' ' || c > '~' {
		return -1
	}
	return c
}

// secretsIn are the fields of a request that must not be logged; nil if it has none.
func secretsIn(header http.Header) http.Header {
	var found http.Header
	for _, name := range secretHeaders {
		if values, ok := header[name]; ok {
			if found == nil {
				found = http.Header{}
			}
			found[name] = values
		}
	}
	return found
}

// withoutSecrets is a request whose secrets are in its context.
func withoutSecrets(r *http.Request, secrets http.Header) *http.Request {
	second := r.WithContext(context.WithValue(r.Context(), secretsKey{}, secrets))
	second.Header = r.Header.Clone()
	for name := range secrets {
		delete(second.Header, name)
	}
	return second
}

// Interface guard
var _ caddyhttp.MiddlewareHandler = (*entrance)(nil)
