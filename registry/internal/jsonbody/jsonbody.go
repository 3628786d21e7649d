// Package jsonbody reads the bodies of requests as the old service did, for
// both of its protocols (registry-v1.md, 3.2; registry-v2-rpc.md, 2.2).
package jsonbody

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
)

// Limits bound a body. The names are those of the configuration.
type Limits struct {
	Bytes     int64
	BytesName string
	Depth     int // of nested arrays and objects
	DepthName string
}

// MaxValues bounds how many values and keys a body has: a list of digits takes a
// hundred times its length while it is read.
const MaxValues = 200_000

// Present reports whether a request has a body: a length above zero, or a
// transfer coding where the method can have a body.
func Present(r *http.Request) bool {
	if r.ContentLength > 0 {
		return true
	}
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		return r.ContentLength < 0
	}
	return false
}

// Measured is an error where a request of HTTP/1.0 that can have a body does not
// say how long it is. Chunks, which that version does not have, would be ignored,
// and what the client meant with them.
func Measured(w http.ResponseWriter, r *http.Request) error {
	if r.ProtoAtLeast(1, 1) || r.Header.Get("Content-Length") != "" || r.ContentLength != 0 {
		return nil
	}
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		w.Header().Set("Connection", "close") // what follows is no request
		return httperror.LengthRequired("A request of HTTP/1.0 needs a Content-Length, which is 0 where it has no body.")
	}
	return nil
}

// Read decodes a body into a *pyjson.Object or []any. Its errors are pages for
// the client.
func Read(w http.ResponseWriter, r *http.Request, limits Limits) (any, error) {
	buffer := Borrow()
	defer GiveBack(buffer)
	text, err := Text(w, r, limits, buffer)
	if err != nil {
		return nil, err
	}
	return Decode(text, limits)
}

// Text reads a body into an empty buffer. Its errors are pages for the client.
func Text(w http.ResponseWriter, r *http.Request, limits Limits, buffer *bytes.Buffer) ([]byte, error) {
	body := r.Body
	if r.ContentLength < 0 || r.ContentLength > limits.Bytes {
		body = http.MaxBytesReader(w, r.Body, limits.Bytes)
	}
	_, err := buffer.ReadFrom(body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, httperror.TooLarge(fmt.Sprintf("The request body is larger than %d bytes (%s).", limits.Bytes, limits.BytesName))
	}
	if err != nil {
		return nil, httperror.BadRequest("The request body ended too early.")
	}
	return buffer.Bytes(), nil
}

// Decode decodes a text into a *pyjson.Object or []any, which keep nothing of the text.
// Its errors are pages for the client.
func Decode(text []byte, limits Limits) (any, error) {
	if pyjson.HasMoreValues(text, MaxValues, limits.Depth) {
		return nil, httperror.TooLarge(fmt.Sprintf("The request body has more than %d values.", MaxValues))
	}
	body, err := pyjson.Decode(text, limits.Depth)
	if errors.Is(err, pyjson.ErrTooDeep) {
		return nil, httperror.BadRequest(fmt.Sprintf("The request body is nested deeper than %d levels (%s).", limits.Depth, limits.DepthName))
	}
	if err != nil {
		return nil, Malformed()
	}
	switch body.(type) {
	case *pyjson.Object, []any:
		return body, nil
	}
	return nil, httperror.BadRequestExplained("Unexpected body type. Expected list/dict.")
}

// Malformed is the page for a body that is no JSON.
func Malformed() *httperror.Error {
	return httperror.BadRequestExplained("Malformed JSON in request body.")
}
