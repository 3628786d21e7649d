package registry

import (
	"context"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// RestoreImage takes back the deletion of an image in pending_delete; its
// children stay deleted (registry-v2-rpc.md, 5.8).
func (s *Service) RestoreImage(ctx context.Context, c *access.Caller, id string) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	if err := checkID(id); err != nil {
		return err
	}
	now := records.Now(s.Now)
	return s.Store.InTx(ctx, func(tx records.Tx) error {
		image, err := tx.LockImage(ctx, id)
		if err != nil {
			return err
		}
		if err := checkVisible(c, image, false); err != nil {
			return err
		}
		if s.Harden && !c.Admin {
			return refuse("images are restored by admins only")
		}
		matched := int64(0)
		if image.Status == records.StatusPendingDelete {
			matched, err = tx.Update(ctx, records.Images,
				records.Values{{Column: "id", Value: image.ID}, {Column: "status", Value: records.StatusPendingDelete}},
				records.Values{{Column: "status", Value: records.StatusActive}, {Column: "deleted", Value: false}, {Column: "updated_at", Value: now}})
		}
		if err == nil && matched == 0 {
			return records.Errorf(records.Conflict, "cannot restore the image from %s to active (wanted from_state=pending_delete)", image.Status)
		}
		return err
	})
}

// StorageUsage is the number of bytes that an owner's images take. Hardened
// gateways show it to admins and the owner only.
func (s *Service) StorageUsage(ctx context.Context, c *access.Caller, owner records.Null[string], exceptImage string) (int64, error) {
	if err := checkID(exceptImage); err != nil {
		return 0, err
	}
	if s.Harden && !c.Admin && !c.Owns(owner) {
		return 0, records.Errorf(records.NotImageOwner, "You do not own these images")
	}
	return s.Store.StorageUsage(ctx, owner, exceptImage)
}
