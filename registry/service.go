// Package registry has the rules of the old glance-registry: who sees which
// image, who may change it, and what a change does to the rows. The wire
// protocols in rest and rpc call it, and it calls a Store.
package registry

import (
	"context"
	"time"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Service applies the rules. Its fields must not change once it is in use.
type Service struct {
	access.Rules
	Store records.Store

	// Release is the one whose answers clients expect. Before Pike they do not know
	// images that are importing or uploading, so lists of live images leave them
	// out. Before Ocata they know public images and others only: filters by
	// visibility have the meaning that they had for them, and an update that says
	// is_public as it is keeps the visibility.
	Release compat.Release

	// Now is the clock, for tests; nil is time.Now.
	Now func() time.Time
}

// checkID refuses ids that are longer than the column, as the old service did.
func checkID(id string) error {
	if len(id) <= records.MaxIDLength {
		return nil
	}
	if n := len([]rune(id)); n > records.MaxIDLength {
		return records.Errorf(records.ImageNotFound, "Image with the given id %%(image_id)s was not found")
	}
	return nil
}

// Image reads one image that the caller may see; showDeleted finds deleted ones
// for callers that are no admins, too. An image that he may not see is an *Error
// of kind ImageNotFound or ImageNotVisible.
func (s *Service) Image(ctx context.Context, c *access.Caller, id string, showDeleted bool) (*records.Image, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	i, err := s.Store.Image(ctx, id)
	if err != nil {
		return nil, err
	}
	// Hardened gateways show deleted images to their owners and admins only.
	return i, checkVisible(c, i, showDeleted && (!s.Harden || c.Owns(i.Owner)))
}

// lockedImage reads an image inside a transaction and checks that the caller
// may see and change it.
func lockedImage(ctx context.Context, tx records.Tx, c *access.Caller, id string) (*records.Image, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	i, err := tx.LockImage(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := checkVisible(c, i, false); err != nil {
		return nil, err
	}
	return i, checkMutable(c, i)
}
