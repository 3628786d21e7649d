package tasks

import (
	"context"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Expire soft-deletes the caller's tasks that have expired, and commits.
// Nothing else ever does: listing one's tasks is a read that writes. Callers
// that may not write leave them.
func (s *Service) Expire(ctx context.Context, c *access.Caller) error {
	if !c.Owner.Valid || s.Plain(c) || s.CheckWritable(c) != nil {
		return nil
	}
	now := records.Now(s.Now)
	expired := records.RowQuery{Table: records.Tasks, Where: []records.Condition{
		records.OwnedBy(c.Owner.V),
		records.Is("deleted", false),
		{Column: "expires_at", Op: records.LessOrEqual, Values: []any{now}},
	}}
	// Mostly there are none, and no transaction is needed to see that.
	if tasks, err := s.Store.Rows(ctx, expired); err != nil || len(tasks) == 0 {
		return err
	}
	return s.Store.InTx(ctx, func(tx records.Tx) error {
		tasks, err := tx.Rows(ctx, expired)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if _, err := tx.Update(ctx, records.Tasks, records.Values{
				{Column: "id", Value: t["id"]}, {Column: "deleted", Value: false}, {Column: "expires_at", Value: t["expires_at"]},
			}, records.Values{
				{Column: "deleted", Value: true}, {Column: "deleted_at", Value: now}, {Column: "updated_at", Value: now},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}
