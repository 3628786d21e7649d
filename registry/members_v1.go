package registry

import (
	"context"
	"slices"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// Members lists the live memberships of an image that the caller may see.
func (s *Service) Members(ctx context.Context, c *access.Caller, imageID string) ([]records.Member, error) {
	image, err := s.Image(ctx, c, imageID, false)
	if err != nil {
		return nil, err
	}
	var list []records.Member
	for _, m := range image.Members {
		if !m.Deleted && seesMember(c, image, m) {
			list = append(list, m)
		}
	}
	return list, nil
}

// SharedImages lists the live memberships of a member in all images.
func (s *Service) SharedImages(ctx context.Context, c *access.Caller, member string) ([]records.Member, error) {
	return s.Store.Memberships(ctx, records.MembershipQuery{Member: records.NullOf(member), All: c.Admin, Owner: c.Owner})
}

// seesMember is the filter on every look-up of a membership: the image's owner
// sees all, a member its own (registry-v1.md, 5.1). A caller without owner
// counts as the owner of images without owner.
func seesMember(c *access.Caller, image *records.Image, m records.Member) bool {
	switch {
	case c.Admin:
		return true
	case !c.Owner.Valid:
		return !image.Owner.Valid
	}
	return c.Owns(image.Owner) || m.Member == c.Owner.V
}

// MemberChange is a wish for one membership. A null CanShare keeps what is
// there, and is false for a new row.
type MemberChange struct {
	Member   string
	CanShare records.Null[bool]
}

// SetMember adds or changes one membership. change is called once the caller
// is known to have the right. A deleted membership is revived only where
// CanShare is given; it keeps its status (registry-v1.md, 5.3).
func (s *Service) SetMember(ctx context.Context, c *access.Caller, imageID string, change func() (MemberChange, error)) error {
	return s.changeMembers(ctx, c, imageID, func(w *childWriter, image *records.Image) error {
		m, err := change()
		if err != nil {
			return err
		}
		row, found, err := w.findMember(c, image, m.Member, true)
		switch {
		case err != nil:
			return err
		case !found:
			return w.insertMember(m)
		case !m.CanShare.Valid:
			return nil
		}
		return w.updateMember(row, MemberChange{Member: row.Member, CanShare: m.CanShare})
	})
}

// ReplaceMembers makes a list the memberships of an image, in one transaction
// (registry-v1.md, 5.4). A listed membership is revived if it was deleted.
func (s *Service) ReplaceMembers(ctx context.Context, c *access.Caller, imageID string, change func() ([]MemberChange, error)) error {
	return s.changeMembers(ctx, c, imageID, func(w *childWriter, image *records.Image) error {
		list, err := change()
		if err != nil {
			return err
		}
		kept := map[int64]MemberChange{}
		var added []MemberChange
		for _, m := range list {
			row, found, err := w.findMember(c, image, m.Member, true)
			switch {
			case err != nil:
				return err
			case found:
				kept[row.RowID] = m
			default:
				added = append(added, m)
			}
		}
		var gone []records.Member
		for _, row := range image.Members {
			change, keep := kept[row.RowID]
			switch {
			case !seesMember(c, image, row):
			case keep:
				err = w.updateMember(row, change)
			case !row.Deleted:
				gone = append(gone, row)
			}
			if err != nil {
				return err
			}
		}
		if err := w.deleteMembers(image.Members, gone); err != nil {
			return err
		}
		for _, m := range added {
			if err := w.insertMember(m); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteMember soft-deletes the live memberships of a member: there can be more
// than one.
func (s *Service) DeleteMember(ctx context.Context, c *access.Caller, imageID, member string) error {
	return s.changeMembers(ctx, c, imageID, func(w *childWriter, image *records.Image) error {
		row, found, err := w.findMember(c, image, member, false)
		if err != nil {
			return err
		}
		if !found {
			return records.Errorf(records.MembershipNotFound, "Membership could not be found.")
		}
		var gone []records.Member
		for _, m := range image.Members {
			if !m.Deleted && m.Member == row.Member && seesMember(c, image, m) {
				gone = append(gone, m)
			}
		}
		return w.deleteMembers(image.Members, gone)
	})
}

// changeMembers checks that the caller may share an image and runs f with it.
func (s *Service) changeMembers(ctx context.Context, c *access.Caller, imageID string, f func(*childWriter, *records.Image) error) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	if !c.Admin && !c.Owner.Valid {
		return records.Errorf(records.Unauthenticated, "No authenticated user")
	}
	if err := checkID(imageID); err != nil {
		return err
	}
	now := records.Now(s.Now)
	return s.Store.InTx(ctx, func(tx records.Tx) error {
		image, err := tx.LockImage(ctx, imageID)
		if err != nil {
			return err
		}
		if err := checkVisible(c, image, false); err != nil {
			return err
		}
		if !s.sharable(c, image) {
			return records.Errorf(records.NotSharable, "No permission to share that image")
		}
		return f(&childWriter{ctx: ctx, tx: tx, imageID: image.ID, now: now, plain: s.Plain(c)}, image)
	})
}

// findMember returns the first membership that the caller sees. The database
// compares the names: MySQL takes no notice of case and trailing blanks, and so
// did the original.
func (w *childWriter) findMember(c *access.Caller, image *records.Image, member string, deleted bool) (records.Member, bool, error) {
	rows, err := w.tx.Rows(w.ctx, records.RowQuery{Table: records.ImageMembers, Where: []records.Condition{records.Is("image_id", image.ID), records.Is("member", member)}})
	if err != nil {
		return records.Member{}, false, err
	}
	for _, m := range image.Members {
		found := slices.ContainsFunc(rows, func(r records.Row) bool { return r.Int("id") == m.RowID })
		if found && (deleted || !m.Deleted) && seesMember(c, image, m) {
			return m, true, nil
		}
	}
	return records.Member{}, false, nil
}

var memberID = records.Column{Name: "member_id", Width: 255}

// MemberID reads the id of a member from JSON; numbers count as text.
func MemberID(v any) (string, error) {
	coerced, err := coerce.Value(memberID, v)
	if err != nil {
		return "", err
	}
	switch text := coerced.(type) {
	case string:
		return text, nil
	case records.FloatText:
		return string(text), nil
	}
	return "", coerce.BadValue("member_id", "must be a text")
}

func (w *childWriter) insertMember(m MemberChange) error {
	if _, err := coerce.Value(memberID, m.Member); err != nil {
		return err
	}
	if err := coerce.CheckFourByteText("member", m.Member); err != nil {
		return coerce.BadValue("member_id", "can't contain 4 byte unicode characters")
	}
	return w.insert(records.ImageMembers, records.Values{
		{Column: "member", Value: m.Member},
		{Column: "can_share", Value: m.CanShare.V},
		{Column: "status", Value: "pending"},
	})
}

// updateMember leaves a row alone that is as it should be, its time too.
func (w *childWriter) updateMember(row records.Member, to MemberChange) error {
	if !to.CanShare.Valid {
		to.CanShare = records.NullOf(row.CanShare)
	}
	if !row.Deleted && row.CanShare == to.CanShare.V && row.Member == to.Member {
		return nil
	}
	set := records.Values{
		{Column: "member", Value: to.Member},
		{Column: "can_share", Value: to.CanShare.V},
		{Column: "deleted", Value: false},
	}
	if row.Deleted && w.plain {
		set.Set("status", "pending") // it answers anew, as through the image API
	}
	return w.update(records.ImageMembers, row.RowID, set)
}
