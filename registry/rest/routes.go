package rest

import (
	"net/http"
	"strings"

	"github.com/glancegate/glancegate/registry/access"
)

// action serves one route. Its errors are *httperror.Error, *records.Error or
// something that the client does not learn.
type action func(*API, *request) error

// routes is registry v1 (registry-v1.md, 2). The first match counts. Paths are
// matched after percent-decoding, exactly: no prefix, no trailing slash.
var routes = []struct {
	name   string
	method string // empty: any, OPTIONS and invented ones too
	path   string
	effect effect
	body   bodyRule
	action action
}{
	{"images.index", "", "/", reads, noBody, (*API).index},
	{"images.index", "GET", "/images", reads, noBody, (*API).index},
	{"images.create", "POST", "/images", writes, needsBody, (*API).create},
	{"images.detail", "GET", "/images/detail", reads, noBody, (*API).detail},
	{"images.show", "GET", "/images/{id}", reads, noBody, (*API).show},
	{"images.update", "PUT", "/images/{id}", writes, needsBody, (*API).update},
	{"images.delete", "DELETE", "/images/{id}", writes, noBody, (*API).delete},
	{"members.index", "GET", "/images/{id}/members", reads, noBody, (*API).members},
	{"members.create", "POST", "/images/{id}/members", reads, mayHaveBody, (*API).memberNotAllowed},
	{"members.replace", "PUT", "/images/{id}/members", writes, needsBody, (*API).replaceMembers},
	{"members.show", "GET", "/images/{id}/members/{member}", reads, mayHaveBody, (*API).memberNotAllowed},
	{"members.update", "PUT", "/images/{id}/members/{member}", writes, mayHaveBody, (*API).updateMember},
	{"members.delete", "DELETE", "/images/{id}/members/{member}", writes, noBody, (*API).deleteMember},
	{"shared_images", "", "/shared-images/{member}", reads, noBody, (*API).sharedImages},
}

// effect reports whether a route changes anything.
type effect bool

const (
	reads  effect = false
	writes effect = true
)

// Route is what a request asks for.
type Route struct {
	// Name is a label for metrics and logs; empty where nothing matched.
	Name string

	effect effect
	body   bodyRule
	action action
	id     string
	member string
}

// Found reports whether registry v1 has the route.
func (r Route) Found() bool { return r.action != nil }

// RouteNames lists the names of all routes, each once.
func RouteNames() []string {
	var names []string
	for _, r := range routes {
		if len(names) == 0 || names[len(names)-1] != r.name {
			names = append(names, r.name)
		}
	}
	return names
}

// Match finds the route of a method and a decoded path.
func Match(method, path string) Route {
	if strings.Trim(path, "/") == "" && path != "" {
		path = "/" // the old router took no notice of more slashes
	}
	for n := range routes {
		r := &routes[n]
		if r.method != "" && r.method != method {
			continue
		}
		route := Route{Name: r.name, effect: r.effect, body: r.body, action: r.action}
		if matchPath(r.path, path, &route) {
			return route
		}
	}
	return Route{}
}

func matchPath(pattern, path string, route *Route) bool {
	for {
		open := strings.IndexByte(pattern, '{')
		if open < 0 {
			return pattern == path
		}
		if !strings.HasPrefix(path, pattern[:open]) {
			return false
		}
		path = path[open:]
		end := strings.IndexByte(path, '/')
		if end < 0 {
			end = len(path)
		}
		if end == 0 {
			return false
		}
		variable, rest, _ := strings.Cut(pattern[open+1:], "}")
		if variable == "id" {
			route.id = path[:end]
		} else {
			route.member = path[:end]
		}
		pattern, path = rest, path[end:]
	}
}

// request is a matched request on its way through an action.
type request struct {
	http   *http.Request
	w      http.ResponseWriter
	route  Route
	caller *access.Caller
	body   any // decoded; nil where there is none
}
