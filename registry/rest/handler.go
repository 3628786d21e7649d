// Package rest serves registry v1, the REST API of the old glance-registry.
package rest

import (
	"errors"
	"net/http"
	"unicode/utf8"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// API serves registry v1. Its fields must not change once it is in use.
type API struct {
	Service *registry.Service

	// DefaultPage and MaxPage are the size of a page without limit, and the
	// largest that a client gets, in images.
	DefaultPage, MaxPage int

	// BodyLimit is the size of the largest request body, in bytes.
	BodyLimit int64

	// Report gets errors that are the gateway's fault, or the
	// database's. The client gets a page without the cause.
	Report func(*http.Request, error)
}

// Serve answers a request for a route that Match found, or says that there
// is none.
func (h *API) Serve(w http.ResponseWriter, r *http.Request, route Route, caller *access.Caller) {
	if !h.Service.Release.Python2() { // Python 3 read the bytes of a path as Latin-1
		route.id, route.member = latin(route.id), latin(route.member)
	}
	if err := h.serve(&request{http: r, w: w, route: route, caller: caller}); err != nil {
		h.fail(w, r, err)
	}
}

func (h *API) serve(q *request) error {
	if !utf8.ValidString(q.http.URL.Path) {
		return undecodable()
	}
	if !q.route.Found() {
		return notRouted(q.http.Method)
	}
	present, err := h.readBody(q)
	if err != nil {
		return err
	}
	if q.route.effect == writes {
		if err := h.Service.CheckWritable(q.caller); err != nil {
			return err
		}
	}
	if err := q.route.body.check(present); err != nil {
		return err
	}
	return q.route.action(h, q)
}

// latin reads each byte as a character.
func latin(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			runes := make([]rune, len(s))
			for n := range runes {
				runes[n] = rune(s[n])
			}
			return string(runes)
		}
	}
	return s
}

// notRouted distinguishes an unknown path, or a known one with another method, from a
// method that the server does not know at all.
func notRouted(method string) error {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH":
		return httperror.NotFound("")
	}
	return httperror.NotImplemented(method)
}

func (h *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	httperror.Fail(w, r, err, pageOf, h.Report)
}

// pageOf is the page of an error of the rules, where an action has no page of
// its own for it.
func pageOf(err error) *httperror.Error {
	var e *records.Error
	if !errors.As(err, &e) {
		return httperror.Internal()
	}
	switch e.Kind {
	case records.ImageNotFound, records.ImageNotVisible, records.NotImageOwner:
		return httperror.NotFound("")
	case records.NotPublicImageOwner:
		return httperror.Forbidden("")
	case records.ReadOnly, records.NotSharable, records.LocationsRefused, records.PolicyRefused:
		return httperror.Forbidden(e.Message)
	case records.Unauthenticated:
		return httperror.Unauthorized(e.Message)
	case records.MembershipNotFound:
		return httperror.NotFoundExplained(e.Message)
	case records.Duplicate, records.Conflict:
		return httperror.Conflict(e.Message)
	case records.Unavailable:
		return httperror.Unavailable(e.Message)
	}
	return httperror.BadRequest(e.Message)
}
