package registrytest

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
)

// maxDepth is more than any body that was sent.
const maxDepth = 2000

// check reports what no answer may look like (registry-v1.md, 3.4 and 8).
func (a *Answer) check() {
	a.call.registry.t.Helper()
	for _, problem := range a.problems() {
		a.call.registry.t.Errorf("%s\n%s\n%s", a.call, a, problem)
	}
}

func (a *Answer) problems() []string {
	var found []string
	report := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if a.Status == http.StatusInternalServerError {
		report("a 500 is never the client's fault")
	}
	if a.Status == http.StatusNoContent {
		if len(a.Body) > 0 || a.Header.Get("Content-Type") != "" {
			report("204 with a body or its type")
		}
		return found
	}
	isHead := a.call.method == http.MethodHead
	if length := a.Header.Get("Content-Length"); length != strconv.Itoa(len(a.Body)) && !isHead {
		report("Content-Length %q, the body has %d bytes", length, len(a.Body))
	}
	switch {
	case isHead && len(a.Body) > 0:
		report("HEAD with a body")
	case isHead:
	case a.Status == http.StatusOK:
		if problem := a.jsonProblem(); problem != "" {
			report("%s", problem)
		}
	case a.Status < http.StatusBadRequest:
		report("a status that registry v1 does not have")
	case !a.isErrorPage():
		report("the answer is no error page")
	}
	return found
}

func (a *Answer) jsonProblem() string {
	// Python writes Infinity and NaN, too.
	decoded, err := pyjson.Decode(a.Body, maxDepth)
	object, _ := decoded.(*pyjson.Object)
	switch {
	case a.Header.Get("Content-Type") != "application/json":
		return "success is not application/json"
	case bytes.ContainsFunc(a.Body, func(r rune) bool { return r > 0x7f }):
		return "the body is not ASCII"
	case err != nil || object.Len() != 1:
		return "the body is no object with one key"
	}
	return ""
}

// isErrorPage knows the pages for clients that do not say what they accept, and
// the two answers of PUT that have no layout.
func (a *Answer) isErrorPage() bool {
	if a.Header.Get("Content-Type") != "text/plain; charset=UTF-8" {
		return false
	}
	text := string(a.Body)
	switch {
	case a.Status == http.StatusNotFound && text == "Image not found":
		return true
	case a.Status == http.StatusConflict && text == "Image operation conflicts":
		return true
	}
	return strings.HasPrefix(text, fmt.Sprintf("%d %s\n\n", a.Status, http.StatusText(a.Status)))
}

// String is the answer for a message.
func (a *Answer) String() string {
	text := fmt.Sprintf("%d %s", a.Status, abridge(string(a.Body)))
	if a.Cause != nil {
		text += fmt.Sprintf("\ncause: %v", a.Cause)
	}
	return text
}
