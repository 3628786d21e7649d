// Package httperror writes the error pages of the old service, in its three
// formats (registry-v1.md, 8).
package httperror

import (
	"errors"
	"net/http"
)

// Error is an answer that refuses a request. It says everything that the page
// shows; the cause, if there is one, is for the log only.
type Error struct {
	// Status is an HTTP status of 400 or above.
	Status int

	// Explanation replaces the standard text of the status.
	Explanation string

	// Detail is what this request got wrong, and may be empty.
	Detail string

	// Raw is a body that is sent as it is, whatever the client accepts
	// (registry-v1.md, 8.4).
	Raw string

	// RawType is the content type of Raw, by default that of plain text.
	RawType string

	// Header has further fields of the answer, such as Allow.
	Header http.Header

	// Err is the cause. It is never sent.
	Err error

	// method is the refused method, which the pages of 405 and 501 name.
	method string
}

// Error implements error. The text is meant for a log.
func (e *Error) Error() string {
	text := status(e.Status)
	for _, part := range []string{e.Explanation, e.Detail, e.Raw} {
		if part != "" {
			text += ": " + part
		}
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// BadRequest is a 400.
func BadRequest(detail string) *Error {
	return &Error{Status: http.StatusBadRequest, Detail: detail}
}

// BadRequestExplained is a 400 with an explanation of its own.
func BadRequestExplained(explanation string) *Error {
	return &Error{Status: http.StatusBadRequest, Explanation: explanation}
}

// Unauthorized is a 401.
func Unauthorized(detail string) *Error {
	return &Error{Status: http.StatusUnauthorized, Detail: detail}
}

// Forbidden is a 403.
func Forbidden(detail string) *Error {
	return &Error{Status: http.StatusForbidden, Detail: detail}
}

// NotFound is a 404.
func NotFound(detail string) *Error {
	return &Error{Status: http.StatusNotFound, Detail: detail}
}

// NotFoundExplained is a 404 with an explanation of its own.
func NotFoundExplained(explanation string) *Error {
	return &Error{Status: http.StatusNotFound, Explanation: explanation}
}

// MethodNotAllowed is a 405 that names the method and, in the Allow field, the
// methods that would do, such as "PUT, DELETE" (registry-v1.md, 8.5).
func MethodNotAllowed(method, allow string) *Error {
	return &Error{
		Status: http.StatusMethodNotAllowed,
		Header: http.Header{"Allow": {allow}},
		method: method,
	}
}

// Conflict is a 409.
func Conflict(detail string) *Error {
	return &Error{Status: http.StatusConflict, Detail: detail}
}

// LengthRequired is a 411, for a request that does not say how long its body is.
func LengthRequired(detail string) *Error {
	return &Error{Status: http.StatusLengthRequired, Detail: detail}
}

// TooLarge is a 413, for a body beyond a limit of the gateway.
func TooLarge(detail string) *Error {
	return &Error{Status: http.StatusRequestEntityTooLarge, Detail: detail}
}

// HeaderTooLarge is a 431, for a header field beyond a limit of the gateway.
func HeaderTooLarge(detail string) *Error {
	return &Error{Status: http.StatusRequestHeaderFieldsTooLarge, Detail: detail}
}

// Internal is a 500. Its page never has the cause (registry-v1.md, 8.6).
func Internal() *Error {
	return &Error{Status: http.StatusInternalServerError}
}

// NotImplemented is a 501 that names the method (registry-v1.md, 8.5).
func NotImplemented(method string) *Error {
	return &Error{Status: http.StatusNotImplemented, method: method}
}

// retryAfter is when a client may come back after a 503, in seconds.
const retryAfter = "5"

// Unavailable is a 503.
func Unavailable(detail string) *Error {
	return &Error{
		Status: http.StatusServiceUnavailable, Detail: detail,
		Header: http.Header{"Retry-After": {retryAfter}},
	}
}

// From returns the page that an error is or wraps, or the page of an internal
// error.
func From(err error) *Error {
	var page *Error
	if errors.As(err, &page) {
		return page
	}
	return Internal()
}
