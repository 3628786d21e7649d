package rest

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/glancegate/glancegate/registry/httperror"
	"github.com/glancegate/glancegate/registry/pyjson"
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

// hasBody is the old service's idea: a length above zero, or a transfer coding
// where the method can have a body (registry-v1.md, 3.2).
func hasBody(r *http.Request) bool {
	if r.ContentLength > 0 {
		return true
	}
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		return r.ContentLength < 0
	}
	return false
}

// readBody decodes the body of a request, if it has one, and tells whether.
func (h *Handler) readBody(q *request) (bool, error) {
	if !hasBody(q.http) {
		return false, nil
	}
	text, err := io.ReadAll(http.MaxBytesReader(q.w, q.http.Body, h.BodyLimit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return true, httperror.TooLarge("The request body is larger than " + strconv.FormatInt(h.BodyLimit, 10) +
			" bytes (limits body_v1).")
	}
	if err != nil {
		return true, httperror.BadRequest("The request body ended too early.")
	}
	if q.body, err = pyjson.Decode(text, maxDepth); err != nil {
		return true, httperror.BadRequestExplained("Malformed JSON in request body.")
	}
	switch q.body.(type) {
	case *pyjson.Object, []any:
		return true, nil
	}
	return true, httperror.BadRequestExplained("Unexpected body type. Expected list/dict.")
}
