package httperror

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Write answers r with the page of err, in the format that the client accepts
// best. Fields already set on w, such as the request id, stay.
func Write(w http.ResponseWriter, r *http.Request, err *Error) {
	contentType, body := err.answer(r)
	h := w.Header()
	for name, values := range err.Header {
		h[name] = slices.Clone(values)
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(err.Status)
	_, _ = w.Write(body) // a client that has gone gets no answer
}

func (e *Error) answer(r *http.Request) (contentType string, body []byte) {
	switch {
	case r.Method == http.MethodHead:
		// Not what a GET would get: registry-v1.md, 8.7.
		return html.contentType(), nil
	case e.Raw != "":
		return cmp.Or(e.RawType, plain.contentType()), []byte(e.Raw)
	}
	// The old server joined repeated fields so.
	f := negotiate(strings.Join(r.Header["Accept"], ","))
	return f.contentType(), e.page(f)
}

// Fail answers r with the page that err is or wraps, or else with the one that pageOf has
// for it. Errors that are the gateway's, or the database's, go to report, which may be nil,
// unless the client has gone.
func Fail(w http.ResponseWriter, r *http.Request, err error, pageOf func(error) *Error, report func(*http.Request, error)) {
	var page *Error
	if !errors.As(err, &page) {
		page = pageOf(err)
	}
	clientGone := errors.Is(err, context.Canceled)
	if page.Status >= http.StatusInternalServerError && page.Status != http.StatusNotImplemented && report != nil && !clientGone {
		report(r, err)
	}
	Write(w, r, page)
}
