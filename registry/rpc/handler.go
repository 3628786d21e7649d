// Package rpc serves registry v2, the JSON-RPC API of the old glance-registry:
// POST /rpc with a list of commands, answered by the list of their results.
package rpc

import (
	"net/http"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/httperror"
	"github.com/glancegate/glancegate/registry/internal/answer"
	"github.com/glancegate/glancegate/registry/internal/jsonbody"
)

// Handler serves registry v2. Its fields must not change once it is in use.
type Handler struct {
	Service *registry.Service

	// BodyLimit is the size of the largest request body, in bytes; MaxCommands
	// and MaxDepth bound how many commands it has and how deep it is nested.
	BodyLimit             int64
	MaxCommands, MaxDepth int

	// Python2 names the exceptions of the interpreter as Python 2 did, for
	// clients that run on it.
	Python2 bool

	// IsPublic adds is_public to images that have visibility, for glance-api of
	// Mitaka and Newton, which needs it (registry-v2-rpc.md, 4.1).
	IsPublic bool

	// Report is told of errors that are nobody's fault but ours or the
	// database's. The client gets an error without the cause.
	Report func(*http.Request, error)

	// Observe is told how the commands of a request ended, in their order.
	Observe func(r *http.Request, outcomes []Outcome)
}

// Outcome is how a command ended.
type Outcome struct {
	Command    string
	ErrorClass string // without its module; empty where it did not fail
}

// ServeHTTP runs the commands of a request one after the other. A request of
// which one command is no command runs none.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, caller *registry.Caller) {
	calls, err := h.decode(w, r)
	if err != nil {
		httperror.Write(w, r, httperror.From(err))
		return
	}
	_ = answer.JSON(w, r, func(body []byte) ([]byte, error) { // errors are results
		return h.run(body, r, calls, caller), nil
	})
}

// run appends the list of all results.
func (h *Handler) run(body []byte, r *http.Request, calls []*call, caller *registry.Caller) []byte {
	body = append(body, '[')
	outcomes := make([]Outcome, len(calls))
	for n, c := range calls {
		if n > 0 {
			body = append(body, ", "...)
		}
		c.ctx, c.service, c.caller, c.isPublic = r.Context(), h.Service, caller, h.IsPublic
		outcomes[n].Command = c.name
		body, outcomes[n].ErrorClass = h.appendResult(body, r, c)
	}
	if h.Observe != nil {
		h.Observe(r, outcomes)
	}
	return append(body, ']')
}

// decode reads the commands of a request.
func (h *Handler) decode(w http.ResponseWriter, r *http.Request) ([]*call, error) {
	if !jsonbody.Present(r) {
		if err := jsonbody.Measured(w, r); err != nil {
			return nil, err
		}
		return nil, httperror.BadRequest("This request needs a body with a list of commands.")
	}
	body, err := jsonbody.Read(w, r, jsonbody.Limits{
		Bytes: h.BodyLimit, BytesName: "limits body_rpc", Depth: h.MaxDepth, DepthName: "limits rpc_depth",
	})
	if err != nil {
		return nil, err
	}
	if body, err = decodeTimes(body); err != nil {
		return nil, jsonbody.Malformed()
	}
	return h.calls(body)
}

// appendResult runs a command and writes its result, or its error in the place
// of the result. It returns the class of the error, too.
func (h *Handler) appendResult(dst []byte, r *http.Request, c *call) (body []byte, errorClass string) {
	start := len(dst)
	result, err := c.run()
	if err == nil {
		if dst, err = appendValue(dst, result); err == nil {
			return dst, ""
		}
	}
	e := h.wireError(r, err)
	return e.append(dst[:start], h.Python2), e.class
}
