package imagesv1

import (
	"net/http"
	"strings"
)

// action serves one route. Its errors are *httperror.Error, *registry.Error or
// an error whose cause the client does not see.
type action func(*API, *request) error

// routes is the Images API v1 (public-images-api-v1.md, 1.2), without the prefix
// of the version. Paths are matched after percent-decoding, exactly.
var routes = []struct {
	path    string
	name    string
	allow   string // of a 405
	methods map[string]method
}{
	{"/", "list", "", map[string]method{anyMethod: {"list", (*API).index}}},
	{"/images", "images", "GET, POST", map[string]method{
		"GET": {"list", (*API).index}, "POST": {"create", (*API).create},
	}},
	{"/images/detail", "detail", "GET, HEAD", map[string]method{
		"GET": {"detail", (*API).detail}, "HEAD": {"detail", (*API).detailHead},
	}},
	{"/images/{id}", "image", "GET, HEAD, PUT, DELETE", map[string]method{
		"GET": {"get", (*API).get}, "HEAD": {"head", (*API).head}, "PUT": {"update", (*API).update},
		"DELETE": {"delete", (*API).delete},
	}},
	{"/images/{id}/members", "members", "GET, PUT", map[string]method{
		"GET": {"members", (*API).members}, "PUT": {"members_replace", (*API).replaceMembers},
	}},
	{"/images/{id}/members/{member}", "member", "GET, PUT, DELETE", map[string]method{
		"GET": {"member_show", (*API).memberShow}, "PUT": {"member_add", (*API).addMember},
		"DELETE": {"member_remove", (*API).removeMember},
	}},
	{"/shared-images/{member}", "shared_images", "", map[string]method{anyMethod: {"shared_images", (*API).sharedImages}}},
}

const anyMethod = "*"

// method is what a route does for a method of HTTP.
type method struct {
	name   string
	action action
}

// Route is what a request asks for.
type Route struct {
	name       string
	method     string
	action     action
	allow      string
	id, member string
	knownPath  bool
	versions   bool // the document of versions
}

// Name is a label for metrics and logs: "imagesv1.head", or "imagesv1.none" where
// nothing matched.
func (r Route) Name() string { return "imagesv1." + r.name }

// RouteNames lists the names of all routes.
func RouteNames() []string {
	names := []string{"imagesv1.none", "imagesv1.versions"}
	for _, r := range routes {
		names = append(names, "imagesv1."+r.name) // with a method that it does not take
		for _, m := range r.methods {
			names = append(names, "imagesv1."+m.name)
		}
	}
	return names
}

// Versions reports whether the route is the version document, which everyone may
// read.
func (r Route) Versions() bool { return r.versions }

// Match finds the route of a request. claimed is false for what is not of this
// API: all paths of other versions, and those without a version, unless the field
// Accept asks for v1.
func Match(r *http.Request) (route Route, claimed bool) {
	path := "/" + strings.TrimLeft(r.URL.Path, "/")
	first, rest, more := strings.Cut(path[1:], "/")
	accepted := acceptedVersion(r.Header)
	switch {
	case isVersion1(first):
		if accepted == otherVersion {
			return versionsRoute, true
		}
		if accepted == version1 {
			return Route{name: "none"}, true
		}
		if !more {
			return matchPath(r.Method, ""), true
		}
		return matchPath(r.Method, "/"+rest), true
	case path == "/" || path == "/versions" || path == "/versions/" || isOtherVersion(first):
		return versionsRoute, true
	case accepted == version1 && !isVersion2(first):
		return matchPath(r.Method, path), true
	}
	return Route{}, false
}

var versionsRoute = Route{name: "versions", versions: true}

func isVersion1(segment string) bool {
	return segment == "v1" || segment == "v1.0" || segment == "v1.1"
}

func isVersion2(segment string) bool { return segment == "v2" || strings.HasPrefix(segment, "v2.") }

// isOtherVersion takes what looks like a version that there is not.
func isOtherVersion(segment string) bool {
	digits, found := strings.CutPrefix(segment, "v")
	return found && digits != "" && !isVersion2(segment) && strings.Trim(digits, "0123456789.") == ""
}

// The versions that a client can ask for with Accept.
const (
	noVersion = iota
	version1
	otherVersion
)

func acceptedVersion(h http.Header) int {
	wanted, found := strings.CutPrefix(h.Get("Accept"), "application/vnd.openstack.images-")
	switch {
	case !found:
		return noVersion
	case isVersion1(wanted):
		return version1
	case isVersion2(wanted):
		return noVersion
	}
	return otherVersion
}

func matchPath(verb, path string) Route {
	for n := range routes {
		r := &routes[n]
		route := Route{name: r.name, method: verb, allow: r.allow, knownPath: true}
		if !route.takes(r.path, path) {
			continue
		}
		m, found := r.methods[verb]
		if !found {
			m, found = r.methods[anyMethod]
		}
		if found {
			route.name, route.action = m.name, m.action
		}
		return route
	}
	return Route{name: "none", method: verb}
}

// takes compares a path with a pattern and keeps what stands in for its variables.
func (r *Route) takes(pattern, path string) bool {
	wanted, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(wanted) != len(have) {
		return false
	}
	for n, part := range wanted {
		switch {
		case part == "{id}" && have[n] != "":
			r.id = have[n]
		case part == "{member}" && have[n] != "":
			r.member = have[n]
		case part != have[n]:
			return false
		}
	}
	return true
}

// writes reports whether the route changes anything.
func (r Route) writes() bool {
	switch r.name {
	case "create", "update", "delete", "members_replace", "member_add", "member_remove":
		return true
	}
	return false
}

// raw reports whether the body is data of an image, not JSON.
func (r Route) raw() bool { return r.name == "create" || r.name == "update" }
