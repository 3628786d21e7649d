package registry

import (
	"context"
	"slices"
	"time"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// guard locks an image whose children are changed, and asks for the right to do
// so where the original asked for none: its tags, properties, locations and
// members over RPC. Only hardened gateways do; others show whether the image is
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

// childWriter writes the children of one image inside a transaction.
type childWriter struct {
	ctx     context.Context
	tx      records.Tx
	imageID string
	now     time.Time
	orphans bool // there is no such image
	plain   bool // see Rules.Plain

	keepOfGlance bool // in a purge of properties
}

func (w *childWriter) insert(table records.Table, row records.Values) error {
	_, err := w.insertRow(table, row)
	return err
}

func (w *childWriter) update(table records.Table, rowID int64, set records.Values) error {
	set.Set("updated_at", w.now)
	_, err := w.tx.Update(w.ctx, table, records.Values{{Column: "id", Value: rowID}, {Column: "image_id", Value: w.imageID}}, set)
	return err
}

// insertRow adds a child and returns its row id. It is live unless the row says
// otherwise.
func (w *childWriter) insertRow(table records.Table, row records.Values) (int64, error) {
	if w.orphans {
		return 0, errNoParent(w.imageID)
	}
	row = append(slices.Clone(row), records.Values{
		{Column: "image_id", Value: w.imageID},
		{Column: "created_at", Value: w.now},
		{Column: "updated_at", Value: w.now},
	}...)
	row.Default("deleted", false)
	id, err := w.tx.Insert(w.ctx, table, row)
	if e, ok := err.(*records.Error); ok && e.Kind == records.Duplicate {
		// MySQL takes no notice of case in unique keys.
		return 0, &records.Error{Kind: records.BadValue, Message: "a value in " + string(table) + " is taken, perhaps in another case", Err: e.Err}
	}
	return id, err
}

// errNoParent is the error for a child of an image that does not exist.
func errNoParent(imageID string) error {
	return coerce.BadValue("image_id", "is no image: "+imageID)
}

// deleteRow soft-deletes a row and returns it as it is then.
func (w *childWriter) deleteRow(table records.Table, row records.Row) (records.Row, error) {
	set := records.Values{{Column: "deleted", Value: true}, {Column: "deleted_at", Value: w.now}}
	if err := w.update(table, row.Int("id"), set); err != nil {
		return nil, err
	}
	row["deleted"], row["deleted_at"], row["updated_at"] = true, w.now, w.now
	return row, nil
}
