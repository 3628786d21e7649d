// Package tasks has the rules of the tasks of registry v2: who sees which, and what
// a change does to the rows.
package tasks

import (
	"context"
	"time"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Get reads one task that the caller may see, with the columns of its task_info
// where it has that row; showDeleted finds deleted ones for callers that are no
// admins, too (registry-v2-rpc.md, 8).
func (s *Service) Get(ctx context.Context, c *access.Caller, id string, showDeleted bool) (records.Row, error) {
	if err := s.guard(c, id); err != nil {
		return nil, err
	}
	return readTask(ctx, s.Store, c, id, showDeleted)
}

// guard keeps plain callers away from tasks: the image API has them for
// admins only (tasks_api_access).
func (s *Service) guard(c *access.Caller, id string) error {
	if s.Plain(c) {
		return records.Errorf(records.TaskNotVisible, "Forbidding request, task %s is not visible", id)
	}
	return nil
}

func readTask(ctx context.Context, from records.RowReader, c *access.Caller, id string, showDeleted bool) (records.Row, error) {
	rows, err := from.Rows(ctx, records.RowQuery{
		Table: records.Tasks,
		Where: []records.Condition{records.Is("id", id)},
		Join:  &records.Join{Table: records.TaskInfo, Column: "task_id", Of: "id"},
	})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errTaskNotFound(id)
	}
	task := rows[0]
	if info := task.Joined(records.TaskInfo, "task_id"); info != nil {
		for _, column := range taskInfoColumns {
			task[column] = info[column]
		}
	}
	return task, checkTask(c, task, id, showDeleted)
}

// taskInfoColumns are the columns of task_info that are keys of a task.
var taskInfoColumns = []string{"input", "result", "message"}

func errTaskNotFound(id string) error {
	return records.Errorf(records.TaskNotFound, "Task with the given id %s was not found", id)
}

// checkTask decides whether a caller may see a task that he named by an id.
func checkTask(c *access.Caller, task records.Row, id string, showDeleted bool) error {
	if c.Admin {
		return nil
	}
	if task.Bool("deleted") && !showDeleted {
		return errTaskNotFound(id)
	}
	return checkTaskOwner(c, task["owner"], id)
}

func checkTaskOwner(c *access.Caller, owner any, id string) error {
	if c.Admin || c.Owner.Valid && owner == c.Owner.V {
		return nil
	}
	return records.Errorf(records.TaskNotVisible, "Forbidding request, task %s is not visible", id)
}

// Service applies the rules. Its fields must not change once it is in use.
type Service struct {
	access.Rules
	Store records.Store

	// Now is the clock, for tests; nil is time.Now.
	Now func() time.Time
}

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
