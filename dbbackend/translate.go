package dbbackend

import (
	"context"
	"errors"
	"fmt"

	"github.com/glancegate/glancegate/dbbackend/internal/fault"
	"github.com/glancegate/glancegate/registry/records"
)

// translate is registryError, but names the end of the request as the cause of errors
// that follow it.
func (b *Backend) translate(ctx context.Context, err error) error {
	var known *records.Error
	if err == nil || ctx.Err() == nil || fault.EndedByContext(err) || errors.As(err, &known) {
		return b.registryError(err)
	}
	return b.registryError(fmt.Errorf("%w: %v", ctx.Err(), err))
}

// registryError turns an error of a driver into one of the registry.
func (b *Backend) registryError(err error) error {
	var known *records.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if fault.EndedByContext(err) {
		return &records.Error{Kind: records.Unavailable, Message: "The request ended before the database answered", Err: err}
	}
	switch b.d.Classify(err) {
	case fault.Duplicate:
		return &records.Error{Kind: records.Duplicate, Message: "The value is taken", Err: err}
	case fault.Refused:
		return &records.Error{Kind: records.BadValue, Message: "The database refuses a value: " + fault.Message(err), Err: err}
	case fault.Locked:
		return &records.Error{Kind: records.Unavailable, Message: "Another transaction of the database holds a lock", Err: err}
	case fault.Crowded:
		return &records.Error{Kind: records.Unavailable, Message: "All connections to the database are in use", Err: err}
	case fault.Interrupted:
		return &records.Error{Kind: records.Unavailable, Message: "The database has interrupted the request", Err: err}
	case fault.HalfDone:
		return &records.Error{Kind: records.Unavailable, Message: "The database is in the middle of an upgrade", Err: err}
	case fault.Contention, fault.Outdated, fault.Lost, fault.Unavailable, fault.Elsewhere:
		return &records.Error{Kind: records.Unavailable, Message: "The database is not available", Err: err}
	}
	return err
}

// Advice says what an administrator can do about an error of Backend; it is empty
// if there is no advice.
func Advice(err error) string { return fault.Advice(err) }
