package tasks

import (
	"context"

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
