// Package imagesv1 serves the public Images API v1, which glance-api had up to
// Queens: metadata by the rules of the registry from the database, as the old API
// was a client of the registry, and data through a glance-api of today.
package imagesv1

import (
	"context"
	"errors"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/glancegate/glancegate/internal/glanceapi"
	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/jsonbody"
	"github.com/glancegate/glancegate/registry/records"
	"github.com/glancegate/glancegate/registry/rest"
)

// Policy decides by the rules of an oslo.policy file.
type Policy interface {
	// Allows reports whether a rule, such as "add_image", passes for a caller. The rule
	// TargetedRule can ask for fields of the image; all others get nil, as in the old
	// service, and so does that one where the image is not found.
	Allows(rule string, c *access.Caller, field func(name string) (value string, known bool)) bool
}

// TargetedRule is the rule that the old service gave the image.
const TargetedRule = "download_image"

// Quotas bound what a client can store. A negative number is no bound.
type Quotas struct {
	Size       int64 // bytes of an image
	Properties int   // of an image
	Members    int   // of an image
	Locations  int   // of an image
}

// API serves the Images API v1. Its fields must not change once it is in use.
type API struct {
	// Registry reads lists, new images and memberships as the registry did.
	Registry *rest.API

	// Upstream is the glance-api that has the data.
	Upstream *glanceapi.Client

	// Policy decides who may do what; nil: what Queens allowed by default.
	Policy Policy

	// CopyFrom lets glance-api fetch images from elsewhere.
	CopyFrom bool

	Quotas Quotas

	// Work bounds what a request does with the database, apart from data under
	// way.
	Work time.Duration

	// Report receives errors of the gateway or the database. The client gets a page
	// without the cause.
	Report func(*http.Request, error)

	// Background has what goes on behind answers, and the uploads under way.
	Background *Background

	// Hold keeps the Store usable for a job behind an answer until done is called; nil:
	// it is always usable.
	Hold func() (done func())
}

// request is a matched request on its way through an action.
type request struct {
	http   *http.Request
	w      http.ResponseWriter
	route  Route
	caller *access.Caller
	ctx    context.Context // bounded by API.Work
	body   any             // decoded JSON; nil where there is none
	held   bool            // the caller is held to what the image API v2 would let it do
}

// Serve answers a request for a route that Match found, or says that there is
// none.
func (h *API) Serve(w http.ResponseWriter, r *http.Request, route Route, caller *access.Caller) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	if hasBody(r) {
		r.Body = &sharedBody{ReadCloser: r.Body}
	}
	if err := h.serve(&request{http: r, w: w, route: route, caller: caller, ctx: ctx}); err != nil {
		h.fail(w, r, err)
	}
}

// bounded is a context for work with the database.
func (h *API) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if h.Work <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, h.Work)
}

func (h *API) serve(q *request) error {
	if !utf8.ValidString(q.http.URL.Path) {
		return undecodable()
	}
	if q.http.Method == http.MethodOptions {
		q.w.Header().Set("Content-Length", "0")
		q.w.WriteHeader(http.StatusOK)
		return nil
	}
	if q.route.action == nil {
		return notRouted(q.route)
	}
	if err := h.readBody(q); err != nil {
		return err
	}
	if q.route.writes() {
		if err := h.Registry.Service.CheckWritable(q.caller); err != nil {
			return err
		}
	}
	// The API has asked its policy, as glance-api has where it calls the registry.
	trusted := *q.caller
	trusted.Trusted = true
	q.held = !q.caller.Trusted && !q.caller.Admin && h.Registry.Service.Harden
	q.caller = &trusted
	return q.route.action(h, q)
}

func (h *API) readBody(q *request) error {
	if err := jsonbody.Measured(q.w, q.http); err != nil || q.route.raw() {
		return err
	}
	if !hasBody(q.http) {
		return nil
	}
	var err error
	q.body, err = jsonbody.Read(q.w, q.http, jsonbody.Limits{
		Bytes: h.Registry.BodyLimit, BytesName: "limits body_v1", Depth: maxDepth, DepthName: "fixed",
	})
	return err
}

// maxDepth bounds how deep the JSON of a body is nested.
const maxDepth = 500

// hasBody reports whether there is a body: an empty chunked body counts, a length
// of 0 does not.
func hasBody(r *http.Request) bool { return r.ContentLength != 0 }

func notRouted(r Route) error {
	if r.knownPath {
		return httperror.MethodNotAllowed(r.method, r.allow)
	}
	switch r.method {
	case "", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH":
		return httperror.NotFound("")
	}
	return httperror.NotImplemented(r.method)
}

func (h *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	httperror.Fail(refusal{w, r}, r, err, pageOf, h.Report)
}

// pageOf is the page of an error of the rules, where an action has no page of
// its own for it.
func pageOf(err error) *httperror.Error {
	var e *records.Error
	if !errors.As(err, &e) {
		return httperror.Internal()
	}
	switch e.Kind {
	case records.ReadOnly, records.PolicyRefused, records.LocationsRefused:
		return httperror.Forbidden(e.Message)
	case records.Unauthenticated:
		return httperror.Unauthorized(e.Message)
	case records.NotSharable, records.MembershipNotFound:
		return httperror.NotFound(e.Message)
	case records.Conflict:
		return &httperror.Error{Status: http.StatusConflict, Raw: "Image operation conflicts"}
	case records.Unavailable:
		return httperror.Unavailable(e.Message)
	}
	return httperror.BadRequest(e.Message)
}

// undecodable is the error for texts that are no UTF-8.
func undecodable() error {
	return httperror.BadRequestExplained("Error decoding your request. Either the URL or the request body " +
		"contained characters that could not be decoded by Glance")
}

// notFound is the page for an image that there is not, or not for this caller.
func notFound(id string) error {
	return httperror.NotFound("Image with identifier " + id + " not found")
}

// image reads the image of the request.
func (h *API) image(q *request) (*records.Image, error) {
	i, err := h.Registry.Service.Image(q.ctx, q.caller, q.route.id, false)
	if isKind(err, records.ImageNotFound, records.ImageNotVisible) {
		return nil, notFound(q.route.id)
	}
	return i, err
}

func isKind(err error, kinds ...records.ErrorKind) bool {
	var e *records.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, kind := range kinds {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// enforce asks the policy about a request.
func (h *API) enforce(q *request, rule string) error { return h.enforceOn(q, rule, nil) }

// enforceOn asks the policy about a request and an image, which may be nil.
func (h *API) enforceOn(q *request, rule string, i *records.Image) error {
	allowed := rule != "publicize_image" || q.caller.Admin
	if h.Policy != nil {
		var field func(string) (string, bool)
		if i != nil {
			field = func(name string) (string, bool) { return targetField(i, name) }
		}
		allowed = h.Policy.Allows(rule, q.caller, field)
	}
	if !allowed {
		return httperror.Forbidden("")
	}
	return nil
}
