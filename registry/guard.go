package registry

import "context"

// guard asks for the right to change an image where the original asked for
// none: its tags, properties, locations and members over RPC. Only hardened
// gateways do.
func (s *Service) guard(ctx context.Context, tx Tx, c *Caller, imageID string) error {
	if !s.Harden || c.Admin {
		return nil
	}
	_, err := lockedImage(ctx, tx, c, imageID)
	return err
}

// changeChildren runs f on the children of an image, guarded.
func (s *Service) changeChildren(ctx context.Context, c *Caller, imageID string, f func(*childWriter) error) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	now := s.now()
	return s.Store.InTx(ctx, func(tx Tx) error {
		if err := s.guard(ctx, tx, c, imageID); err != nil {
			return err
		}
		return f(&childWriter{ctx: ctx, tx: tx, imageID: imageID, now: now})
	})
}

// checkOwner refuses images in the name of others where the gateway is hardened.
func (s *Service) checkOwner(c *Caller, v *imageValues) error {
	owner, _ := v.columns.Get("owner")
	text, isText := owner.(string)
	if !s.Harden || c.Admin || text == c.Owner.V && (isText || owner == nil) {
		return nil
	}
	return Errorf(NotImageOwner, "You do not own this image")
}
