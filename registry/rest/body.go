package rest

import (
	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/internal/jsonbody"
)

// maxDepth bounds how deep the JSON of a body is nested; Python's own limit was
// of this order.
const maxDepth = 500

// bodyRule says whether an action takes a body.
type bodyRule int

const (
	noBody bodyRule = iota
	mayHaveBody
	needsBody
)

// check refuses what made the old service fail with a 500.
func (b bodyRule) check(present bool) error {
	switch {
	case b == noBody && present:
		return httperror.BadRequest("This request takes no body.")
	case b == needsBody && !present:
		return httperror.BadRequest("This request needs a body with a JSON object.")
	}
	return nil
}

// readBody decodes the body of a request, if it has one, and reports whether it has.
func (h *API) readBody(q *request) (present bool, err error) {
	if !jsonbody.Present(q.http) {
		return false, jsonbody.Measured(q.w, q.http)
	}
	q.body, err = jsonbody.Read(q.w, q.http, jsonbody.Limits{
		Bytes: h.BodyLimit, BytesName: "limits body_v1", Depth: maxDepth, DepthName: "fixed",
	})
	return true, err
}
