package rpc

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// wireError is an error as a client gets it: it imports the class and raises it
// with the text (registry-v2-rpc.md, 2.7).
type wireError struct {
	class   string // without its module, which is module or that of builtins
	builtin bool
	text    string
}

const module = "glance.common.exception."

func (e wireError) append(dst []byte, python2 bool) []byte {
	dst = append(dst, `{"_error": {"cls": `...)
	class := module + e.class
	switch {
	case e.builtin && python2:
		class = "exceptions." + e.class
	case e.builtin:
		class = "builtins." + e.class
	}
	dst = pyjson.AppendString(dst, class)
	dst = append(dst, `, "val": `...)
	dst = pyjson.AppendString(dst, e.text)
	return append(dst, "}}"...)
}

// builtinError is an exception of Python's own.
type builtinError struct{ class, text string }

func (e builtinError) Error() string { return e.class + ": " + e.text }

func typeError(text string) error      { return builtinError{"TypeError", text} }
func attributeError(text string) error { return builtinError{"AttributeError", text} }
func keyError(key string) error        { return builtinError{"KeyError", "'" + key + "'"} }
func valueError(text string) error     { return builtinError{"ValueError", text} }

// typeErrors is a TypeError whose text differs between the interpreters.
type typeErrors struct{ python3, python2 string }

func (e typeErrors) Error() string { return "TypeError: " + e.python3 }

// wireError finds the class and text of an error. What is not meant for the
// client is reported and hidden.
func (h *API) wireError(r *http.Request, err error) wireError {
	var builtin builtinError
	var types typeErrors
	var known *records.Error
	switch {
	case errors.As(err, &types) && h.Service.Release.Python2():
		return wireError{"TypeError", true, types.python2}
	case errors.As(err, &types):
		return wireError{"TypeError", true, types.python3}
	case errors.As(err, &builtin):
		return wireError{builtin.class, true, builtin.text}
	case errors.As(err, &known) && known.Kind != records.Unavailable && known.Kind != records.BadValue:
		return wireError{classes[known.Kind], false, known.Message}
	case known != nil && known.Kind == records.BadValue:
		return rpcError(known.Message)
	}
	if h.Report != nil && !errors.Is(err, context.Canceled) {
		h.Report(r, err)
	}
	if known != nil {
		return rpcError(known.Message)
	}
	return rpcError("internal error")
}

// rpcError stands for every class that the original did not let through. Its
// text names RPCError itself, as the original's did.
func rpcError(text string) wireError {
	const prefix = "<class 'glance.common.exception.RPCError'> exception was raised in the last rpc call: "
	return wireError{"RPCError", false, prefix + strings.TrimSpace(text)}
}

// ErrorClasses lists the classes that an error can have, without modules.
func ErrorClasses() []string {
	list := []string{"RPCError", "TypeError", "AttributeError", "KeyError", "ValueError", "AssertionError"}
	seen := map[string]bool{}
	for _, class := range classes {
		if !seen[class] {
			seen[class] = true
			list = append(list, class)
		}
	}
	return list
}

// classes are the exceptions that clients know (registry-v2-rpc.md, 12).
var classes = map[records.ErrorKind]string{
	records.ImageNotFound:              "ImageNotFound",
	records.ImageNotVisible:            "Forbidden",
	records.NotImageOwner:              "Forbidden",
	records.NotPublicImageOwner:        "ForbiddenPublicImage",
	records.Invalid:                    "Invalid",
	records.InvalidFilterOperatorValue: "InvalidFilterOperatorValue",
	records.InvalidFilterRangeValue:    "InvalidFilterRangeValue",
	records.InvalidParameterValue:      "InvalidParameterValue",
	records.InvalidSortKey:             "InvalidSortKey",
	records.Duplicate:                  "Duplicate",
	records.Conflict:                   "Conflict",
	records.NotFound:                   "NotFound",
	records.MembershipNotFound:         "NotFound",
	records.ReadOnly:                   "Forbidden",
	records.Unauthenticated:            "Forbidden",
	records.NotSharable:                "Forbidden",
	records.LocationsRefused:           "Forbidden",
	records.PolicyRefused:              "Forbidden",
	records.TaskNotFound:               "TaskNotFound",
	records.TaskNotVisible:             "Forbidden",

	records.MetadefForbidden:                        "MetadefForbidden",
	records.MetadefIntegrityError:                   "MetadefIntegrityError",
	records.MetadefNamespaceNotFound:                "MetadefNamespaceNotFound",
	records.MetadefObjectNotFound:                   "MetadefObjectNotFound",
	records.MetadefPropertyNotFound:                 "MetadefPropertyNotFound",
	records.MetadefTagNotFound:                      "MetadefTagNotFound",
	records.MetadefResourceTypeNotFound:             "MetadefResourceTypeNotFound",
	records.MetadefResourceTypeAssociationNotFound:  "MetadefResourceTypeAssociationNotFound",
	records.MetadefDuplicateNamespace:               "MetadefDuplicateNamespace",
	records.MetadefDuplicateObject:                  "MetadefDuplicateObject",
	records.MetadefDuplicateProperty:                "MetadefDuplicateProperty",
	records.MetadefDuplicateTag:                     "MetadefDuplicateTag",
	records.MetadefDuplicateResourceType:            "MetadefDuplicateResourceType",
	records.MetadefDuplicateResourceTypeAssociation: "MetadefDuplicateResourceTypeAssociation",
}
