package registry

import (
	"context"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// guard locks an image whose children are changed, and asks for the right to do
// so where the original asked for none: its tags, properties, locations and
// members over RPC. Only hardened gateways do; others tell whether the image is
// there, be it deleted. No answer may depend on foreign keys: SQLite has none,
// and MySQL 9 lets a row pass whose parent is missing.
func (s *Service) guard(ctx context.Context, tx records.Tx, c *access.Caller, imageID string) (found bool, err error) {
	if s.Harden && !c.Admin {
		_, err := lockedImage(ctx, tx, c, imageID)
		return err == nil, err
	}
	n, err := tx.Lock(ctx, records.Images, records.Values{{Column: "id", Value: imageID}})
	return n > 0, err
}

// changeChildren runs f on the children of an image, guarded.
func (s *Service) changeChildren(ctx context.Context, c *access.Caller, imageID string, f func(*childWriter) error) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	now := records.Now(s.Now)
	return s.Store.InTx(ctx, func(tx records.Tx) error {
		found, err := s.guard(ctx, tx, c, imageID)
		if err != nil {
			return err
		}
		return f(&childWriter{ctx: ctx, tx: tx, imageID: imageID, now: now, orphans: !found, plain: s.Plain(c)})
	})
}

// checkOwner refuses images in the name of others where the gateway is hardened.
func (s *Service) checkOwner(c *access.Caller, v *imageValues) error {
	owner, _ := v.columns.Get("owner")
	text, isText := owner.(string)
	if !s.Harden || c.Admin || text == c.Owner.V && (isText || owner == nil) {
		return nil
	}
	return records.Errorf(records.NotImageOwner, "You do not own this image")
}
