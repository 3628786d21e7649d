package registry

import (
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Visible decides whether a caller may read one image, apart from its being
// deleted (registry-v1.md, 6.1). memberStatus restricts memberships to a
// status; empty takes any.
func Visible(c *access.Caller, i *records.Image, memberStatus string) bool {
	switch {
	case c.Admin:
		return true
	case !i.Owner.Valid, i.Visibility == records.Public, i.Visibility == records.Community, c.Owns(i.Owner):
		return true
	case c.Owner.Valid && i.Visibility == records.Shared:
		_, ok := i.LiveMember(c.Owner.V, memberStatus)
		return ok
	}
	return false
}

// checkVisible is Visible with the reason: a deleted image does not exist for
// those who may not see deleted ones.
func checkVisible(c *access.Caller, i *records.Image, showDeleted bool) error {
	if i.Deleted && !c.Admin && !showDeleted {
		return records.ErrImageNotFound(i.ID)
	}
	if !Visible(c, i, "") {
		return records.Errorf(records.ImageNotVisible, "Forbidding request, image %s not visible", i.ID)
	}
	return nil
}

// Mutable decides whether a caller may change or delete an image that he can
// see (registry-v1.md, 6.3).
func Mutable(c *access.Caller, i *records.Image) bool { return c.Admin || c.Owns(i.Owner) }

// checkMutable is Mutable with the reason.
func checkMutable(c *access.Caller, i *records.Image) error {
	switch {
	case Mutable(c, i):
		return nil
	case i.Visibility == records.Public, i.Visibility == records.Community:
		return records.Errorf(records.NotPublicImageOwner, "You do not own this image")
	}
	return records.Errorf(records.NotImageOwner, "You do not own this image")
}

// sharable decides whether a caller may change the members of an image that he
// can see (registry-v1.md, 6.4). Hardened gateways ask for the owner.
func (s *Service) sharable(c *access.Caller, i *records.Image) bool {
	if c.Admin || c.Owns(i.Owner) {
		return true
	}
	if !c.Owner.Valid || s.Harden {
		return false
	}
	m, ok := i.LiveMember(c.Owner.V, "")
	return ok && m.CanShare
}

// LocationsHidden reports whether an image shows no locations: one that is
// deactivated shows them to admins only. Hardened gateways show plain callers
// none, as the image API does: there can be credentials of the store in them.
func (s *Service) LocationsHidden(c *access.Caller, i *records.Image) bool {
	return i.Status == records.StatusDeactivated && !c.Admin || s.Plain(c)
}

// Withholds reports whether a caller is shown nothing that the image API hides:
// deleted properties, and where glance-api stages data.
func (s *Service) Withholds(c *access.Caller) bool { return s.Plain(c) }

// VisibleLocations returns the locations that an answer shows, deleted ones only
// where deleted rows are asked for.
func (s *Service) VisibleLocations(c *access.Caller, i *records.Image, deleted bool) []records.Location {
	if s.LocationsHidden(c, i) {
		return nil
	}
	if deleted {
		return i.Locations
	}
	live := i.Locations[:0:0]
	for _, l := range i.Locations {
		if !l.Deleted {
			live = append(live, l)
		}
	}
	return live
}
