package rpc

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/pyjson"
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
func (h *Handler) wireError(r *http.Request, err error) wireError {
	var builtin builtinError
	var types typeErrors
	var known *registry.Error
	switch {
	case errors.As(err, &types) && h.Python2:
		return wireError{"TypeError", true, types.python2}
	case errors.As(err, &types):
		return wireError{"TypeError", true, types.python3}
	case errors.As(err, &builtin):
		return wireError{builtin.class, true, builtin.text}
	case errors.As(err, &known) && known.Kind != registry.Unavailable && known.Kind != registry.BadValue:
		return wireError{classes[known.Kind], false, known.Message}
	case known != nil && known.Kind == registry.BadValue:
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
var classes = map[registry.ErrorKind]string{
	registry.ImageNotFound:              "ImageNotFound",
	registry.ImageNotVisible:            "Forbidden",
	registry.NotImageOwner:              "Forbidden",
	registry.NotPublicImageOwner:        "ForbiddenPublicImage",
	registry.Invalid:                    "Invalid",
	registry.InvalidFilterOperatorValue: "InvalidFilterOperatorValue",
	registry.InvalidFilterRangeValue:    "InvalidFilterRangeValue",
	registry.InvalidParameterValue:      "InvalidParameterValue",
	registry.InvalidSortKey:             "InvalidSortKey",
	registry.Duplicate:                  "Duplicate",
	registry.Conflict:                   "Conflict",
	registry.NotFound:                   "NotFound",
	registry.MembershipNotFound:         "NotFound",
	registry.ReadOnly:                   "Forbidden",
	registry.Unauthenticated:            "Forbidden",
	registry.NotSharable:                "Forbidden",
	registry.LocationsRefused:           "Forbidden",
	registry.PolicyRefused:              "Forbidden",
	registry.TaskNotFound:               "TaskNotFound",
	registry.TaskNotVisible:             "Forbidden",

	registry.MetadefForbidden:                        "MetadefForbidden",
	registry.MetadefIntegrityError:                   "MetadefIntegrityError",
	registry.MetadefNamespaceNotFound:                "MetadefNamespaceNotFound",
	registry.MetadefObjectNotFound:                   "MetadefObjectNotFound",
	registry.MetadefPropertyNotFound:                 "MetadefPropertyNotFound",
	registry.MetadefTagNotFound:                      "MetadefTagNotFound",
	registry.MetadefResourceTypeNotFound:             "MetadefResourceTypeNotFound",
	registry.MetadefResourceTypeAssociationNotFound:  "MetadefResourceTypeAssociationNotFound",
	registry.MetadefDuplicateNamespace:               "MetadefDuplicateNamespace",
	registry.MetadefDuplicateObject:                  "MetadefDuplicateObject",
	registry.MetadefDuplicateProperty:                "MetadefDuplicateProperty",
	registry.MetadefDuplicateTag:                     "MetadefDuplicateTag",
	registry.MetadefDuplicateResourceType:            "MetadefDuplicateResourceType",
	registry.MetadefDuplicateResourceTypeAssociation: "MetadefDuplicateResourceTypeAssociation",
}
