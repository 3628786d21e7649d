package registry

import (
	"context"
	"slices"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// CreateMember adds a membership row; there may be one already
// (registry-v2-rpc.md, 7.2).
func (s *Service) CreateMember(ctx context.Context, c *access.Caller, values *pyjson.Object) (records.Row, error) {
	if err := coerce.CheckFourByte(values); err != nil {
		return nil, err
	}
	values = values.Clone()
	for _, name := range []string{"status", "can_share"} {
		if v, ok := values.Get(name); ok && v == nil {
			values.Delete(name)
		}
	}
	row, imageID, err := childRow(records.ImageMembers, values)
	if err != nil {
		return nil, err
	}
	if _, ok := row.Get("member"); !ok {
		return nil, coerce.BadValue("member", "must not be null")
	}
	row.Default("status", "pending")
	row.Default("can_share", false)
	if status, _ := row.Get("status"); s.Plain(c) && status != "pending" {
		return nil, refuse("status of a new membership must be pending: the member answers")
	}
	created := records.Row{"image_id": imageID, "deleted": false}
	for _, a := range row {
		created[a.Column] = a.Value
		if raw, ok := values.Get(a.Column); ok {
			created[a.Column] = raw // the original answered from its memory
		}
	}
	err = s.changeChildren(ctx, c, imageID, func(w *childWriter) error {
		id, err := w.insertRow(records.ImageMembers, row)
		created["id"], created["created_at"], created["updated_at"] = id, w.now, w.now
		return err
	})
	return created, err
}

// UpdateMember changes a membership, found by its row id, and revives it if it
// was deleted. can_share is false unless it is given.
func (s *Service) UpdateMember(ctx context.Context, c *access.Caller, rowID any, values *pyjson.Object) (records.Row, error) {
	set, badErr := memberChanges(values)
	var updated records.Row
	err := s.changeMemberRow(ctx, c, rowID, set, func(w *childWriter, row records.Row) error {
		if badErr != nil {
			return badErr
		}
		updated = row
		return w.updateRow(records.ImageMembers, row, set)
	})
	return updated, err
}

func memberChanges(values *pyjson.Object) (records.Values, error) {
	var set records.Values
	for _, c := range records.Columns(records.ImageMembers) {
		raw, ok := values.Get(c.Name)
		if !ok || c.Name != "image_id" && ignoredInChildren[c.Name] {
			continue
		}
		value, err := coerce.Value(c, raw)
		if err != nil {
			return nil, err
		}
		set.Set(c.Name, value)
	}
	set.Set("deleted", false)
	if _, ok := set.Get("can_share"); !ok {
		set.Set("can_share", false)
	}
	return set, nil
}

// DeleteMemberRow soft-deletes a membership, or does it again, and with it every
// other live membership of the same project in the image.
func (s *Service) DeleteMemberRow(ctx context.Context, c *access.Caller, rowID any) error {
	return s.changeMemberRow(ctx, c, rowID, nil, func(w *childWriter, row records.Row) error {
		rows, err := w.tx.Rows(w.ctx, records.RowQuery{Table: records.ImageMembers, Where: []records.Condition{records.Is("image_id", w.imageID)}})
		if err != nil {
			return err
		}
		members := make([]records.Member, len(rows))
		var gone []records.Member
		for n, r := range rows {
			members[n] = records.Member{RowID: r.Int("id"), Member: r.Text("member"), Stamps: records.Stamps{Deleted: r.Bool("deleted")}}
			members[n].DeletedAt.V, members[n].DeletedAt.Valid = r["deleted_at"].(time.Time)
			if members[n].RowID == row.Int("id") || !members[n].Deleted && r["member"] == row["member"] {
				gone = append(gone, members[n])
			}
		}
		return w.deleteMembers(members, gone)
	})
}

func errNoMembership() error {
	return coerce.BadValue("memb_id", "is no membership: No row was found for one()")
}

// changeMemberRow runs f with a membership under the lock of its image, and
// under that of the image to which set moves it.
func (s *Service) changeMemberRow(ctx context.Context, c *access.Caller, rowID any, set records.Values, f func(*childWriter, records.Row) error) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	id := coerce.RowIDOf(rowID)
	if !id.Given || id.ID < 0 {
		return errNoMembership()
	}
	now := records.Now(s.Now)
	// Which image to lock is asked for outside of the transaction, which would see
	// for ever after what it saw before it had the lock.
	for range maxMoves {
		row, err := membershipRow(ctx, s.Store, id)
		if err != nil {
			return err
		}
		imageID, moved := row.Text("image_id"), false
		err = s.Store.InTx(ctx, func(tx records.Tx) error {
			if err := s.guardMembership(ctx, tx, c, row, set); err != nil {
				return err
			}
			current, err := membershipRow(ctx, tx, id)
			if moved = err == nil && current.Text("image_id") != imageID; err != nil || moved {
				return err
			}
			if s.mayAnswer(c, row, set) != s.mayAnswer(c, current, set) {
				moved = true
				return nil
			}
			if !s.mayAnswer(c, current, set) {
				if err := s.checkMembership(c, current, set); err != nil {
					return err
				}
			}
			return f(&childWriter{ctx: ctx, tx: tx, imageID: imageID, now: now}, current)
		})
		if err != nil || !moved {
			return err
		}
	}
	return records.Errorf(records.Unavailable, "The membership is being changed by others")
}

// maxMoves is how often a membership may change between two looks at it.
const maxMoves = 5

func membershipRow(ctx context.Context, from records.RowReader, id coerce.RowID) (records.Row, error) {
	rows, err := from.Rows(ctx, records.RowQuery{Table: records.ImageMembers, Where: []records.Condition{records.Is("id", id.ID)}})
	if err == nil && len(rows) != 1 {
		err = errNoMembership()
	}
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// guardMembership locks the image of a membership and the one to which it moves,
// and asks for the right to change both.
func (s *Service) guardMembership(ctx context.Context, tx records.Tx, c *access.Caller, row records.Row, set records.Values) error {
	from := row.Text("image_id")
	if s.mayAnswer(c, row, set) {
		_, err := tx.Lock(ctx, records.Images, records.Values{{Column: "id", Value: from}})
		return err
	}
	images := []string{from}
	to, given := set.Get("image_id")
	if text, _ := to.(string); given && text != from {
		images = append(images, text)
		slices.Sort(images) // so that two that move memberships don't wait for each other
	}
	for _, id := range images {
		found, err := s.guard(ctx, tx, c, id)
		if err != nil {
			return err
		}
		if !found && id != from {
			return errNoParent(id)
		}
	}
	return nil
}

// mayAnswer reports whether a change is a member's own answer to an invitation:
// nothing but the status of its live membership. can_share falls, as in every
// update that does not name it.
func (s *Service) mayAnswer(c *access.Caller, row records.Row, set records.Values) bool {
	if !c.Owner.Valid || c.Owner.V != row.Text("member") || set == nil || row.Bool("deleted") {
		return false
	}
	for _, a := range set {
		falls := a.Column == "can_share" && a.Value == false
		answer := a.Column == "status" && (!s.Plain(c) || slices.Contains(memberStatuses, a.Value))
		if !answer && !falls && a.Value != row[a.Column] {
			return false
		}
	}
	return true
}

// updateRow changes the columns that differ, and the time of the row if any
// does. row becomes what the row is then.
func (w *childWriter) updateRow(table records.Table, row records.Row, set records.Values) error {
	id := row.Int("id")
	var changed records.Values
	for _, a := range set {
		if row[a.Column] != a.Value {
			changed.Set(a.Column, a.Value)
			row[a.Column] = a.Value
		}
	}
	if changed == nil {
		return nil
	}
	row["updated_at"] = w.now
	return w.update(table, id, changed)
}

// FindMembers lists memberships that the caller may see.
func (s *Service) FindMembers(ctx context.Context, c *access.Caller, q records.MembershipQuery) ([]records.Member, error) {
	q.All, q.Owner = c.Admin, c.Owner
	q.IncludeDeleted = q.IncludeDeleted && !s.Plain(c)
	return s.Store.Memberships(ctx, q)
}

// CountMembers counts the live memberships of an image, for every caller; hardened
// gateways ask for the right to read the image.
func (s *Service) CountMembers(ctx context.Context, c *access.Caller, imageID string) (int64, error) {
	if imageID == "" {
		return 0, records.Errorf(records.Invalid, "Image id is required.")
	}
	if s.Harden {
		if _, err := s.Image(ctx, c, imageID, false); err != nil {
			return 0, err
		}
	}
	members, err := s.Store.Memberships(ctx, records.MembershipQuery{ImageID: records.NullOf(imageID), All: true})
	return int64(len(members)), err
}
