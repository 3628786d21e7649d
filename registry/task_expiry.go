package registry

import "context"

// ExpireTasks soft-deletes the caller's tasks that have expired, and commits.
// Nothing else ever does: listing one's tasks is a read that writes. Callers
// that may not write leave them.
func (s *Service) ExpireTasks(ctx context.Context, c *Caller) error {
	if !c.Owner.Valid || s.plain(c) || s.CheckWritable(c) != nil {
		return nil
	}
	now := s.now()
	expired := RowQuery{Table: Tasks, Where: []Condition{
		OwnedBy(c.Owner.V),
		Is("deleted", false),
		{Column: "expires_at", Op: LessOrEqual, Values: []any{now}},
	}}
	// Mostly there are none, and no transaction is needed to see that.
	if tasks, err := s.Store.Rows(ctx, expired); err != nil || len(tasks) == 0 {
		return err
	}
	return s.Store.InTx(ctx, func(tx Tx) error {
		tasks, err := tx.Rows(ctx, expired)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if _, err := tx.Update(ctx, Tasks, Values{
				{Column: "id", Value: t["id"]}, {Column: "deleted", Value: false}, {Column: "expires_at", Value: t["expires_at"]},
			}, Values{
				{Column: "deleted", Value: true}, {Column: "deleted_at", Value: now}, {Column: "updated_at", Value: now},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}
