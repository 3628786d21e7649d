package registry

import "context"

// Task reads one task that the caller may see, with the columns of its task_info
// where it has that row; showDeleted finds deleted ones for callers that are no
// admins, too (registry-v2-rpc.md, 8).
func (s *Service) Task(ctx context.Context, c *Caller, id string, showDeleted bool) (Row, error) {
	if err := s.guardTasks(c, id); err != nil {
		return nil, err
	}
	return readTask(ctx, s.Store, c, id, showDeleted)
}

// guardTasks keeps plain callers away from tasks: the image API has them for
// admins only (tasks_api_access).
func (s *Service) guardTasks(c *Caller, id string) error {
	if s.plain(c) {
		return Errorf(TaskNotVisible, "Forbidding request, task %s is not visible", id)
	}
	return nil
}

func readTask(ctx context.Context, from rowReader, c *Caller, id string, showDeleted bool) (Row, error) {
	rows, err := from.Rows(ctx, RowQuery{
		Table: Tasks,
		Where: []Condition{Is("id", id)},
		Join:  &Join{Table: TaskInfo, Column: "task_id", Of: "id"},
	})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errTaskNotFound(id)
	}
	task := rows[0]
	if info := task.joined(TaskInfo, "task_id"); info != nil {
		for _, column := range taskInfoColumns {
			task[column] = info[column]
		}
	}
	return task, checkTask(c, task, id, showDeleted)
}

// taskInfoColumns are the columns of task_info that are keys of a task.
var taskInfoColumns = []string{"input", "result", "message"}

func errTaskNotFound(id string) error {
	return Errorf(TaskNotFound, "Task with the given id %s was not found", id)
}

// checkTask decides whether a caller may see a task that he named by an id.
func checkTask(c *Caller, task Row, id string, showDeleted bool) error {
	if c.Admin {
		return nil
	}
	if task.Bool("deleted") && !showDeleted {
		return errTaskNotFound(id)
	}
	return checkTaskOwner(c, task["owner"], id)
}

func checkTaskOwner(c *Caller, owner any, id string) error {
	if c.Admin || c.Owner.Valid && owner == c.Owner.V {
		return nil
	}
	return Errorf(TaskNotVisible, "Forbidding request, task %s is not visible", id)
}
