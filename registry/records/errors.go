package records

import (
	"errors"
	"fmt"
)

// ErrorKind is what went wrong, in the terms of the old service; the wire
// protocols have their own texts and codes for it.
type ErrorKind int

// The kinds of errors.
const (
	// ImageNotFound: no such row, or it is deleted and the caller no admin.
	ImageNotFound ErrorKind = iota + 1
	// ImageNotVisible: the image exists, but not for this caller.
	ImageNotVisible
	// NotImageOwner: the image is private or shared and belongs to another.
	NotImageOwner
	// NotPublicImageOwner: the image is public or community and belongs to
	// another.
	NotPublicImageOwner
	// Invalid: a value breaks a rule that the old service knew.
	Invalid
	// BadValue: a value that made the old service fail with a 500.
	BadValue
	// InvalidFilterOperatorValue: a filter has an unknown operator.
	InvalidFilterOperatorValue
	// InvalidFilterRangeValue: the bound of a range is no number.
	InvalidFilterRangeValue
	// InvalidParameterValue: the value of a filter can't be read.
	InvalidParameterValue
	// InvalidSortKey: there is no such column.
	InvalidSortKey
	// Duplicate: the id is taken.
	Duplicate
	// Conflict: the image is not in the state that the request names.
	Conflict
	// ReadOnly: the caller, or the whole gateway, may change nothing.
	ReadOnly
	// Unauthenticated: the request needs a caller with an owner.
	Unauthenticated
	// NotSharable: the caller may not change the members of this image.
	NotSharable
	// MembershipNotFound: no such member.
	MembershipNotFound
	// NotFound: the image has no location with that id, or no such tag.
	NotFound
	// LocationsRefused: a hardened gateway takes no location URLs from this
	// caller.
	LocationsRefused

	// PolicyRefused: a hardened gateway does not do this for this caller, since
	// the image API would not.
	PolicyRefused
	// TaskNotFound: no such task, or it is deleted and the caller no admin.
	TaskNotFound
	// TaskNotVisible: the task belongs to another.
	TaskNotVisible
	// MetadefForbidden: the namespace is not for this caller to see or change.
	MetadefForbidden
	// MetadefIntegrityError: others still refer to the definition.
	MetadefIntegrityError
	// MetadefNamespaceNotFound and the like: no definition has that name or id.
	MetadefNamespaceNotFound
	MetadefObjectNotFound
	MetadefPropertyNotFound
	MetadefTagNotFound
	MetadefResourceTypeNotFound
	MetadefResourceTypeAssociationNotFound
	// MetadefDuplicateNamespace and the like: the name is taken.
	MetadefDuplicateNamespace
	MetadefDuplicateObject
	MetadefDuplicateProperty
	MetadefDuplicateTag
	MetadefDuplicateResourceType
	MetadefDuplicateResourceTypeAssociation
	// Unavailable: the database can't be used now.
	Unavailable
)

// Error is an error that a client gets to read.
type Error struct {
	Kind    ErrorKind
	Message string
	ID      string // of the image that is a Duplicate
	Err     error  // the cause, for the log
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error.
func Errorf(kind ErrorKind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// IsKind reports whether an error is of a kind.
func IsKind(err error, kind ErrorKind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// ErrImageNotFound is the error for an id that no image has.
func ErrImageNotFound(id string) *Error {
	return Errorf(ImageNotFound, "No image found with ID %s", id)
}
