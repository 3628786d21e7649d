package tasks

import (
	"context"

	"github.com/google/uuid"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// Create adds a task and its task_info. The rows stay even where the caller
// may not read them; the error is that of Task then.
func (s *Service) Create(ctx context.Context, c *access.Caller, values *pyjson.Object) (records.Row, error) {
	if err := s.CheckWritable(c); err != nil {
		return nil, err
	}
	now := records.Now(s.Now)
	task, err := coerce.NewRow(records.Tasks, values, records.Values{
		{Column: "id", Value: uuid.NewString()}, {Column: "deleted", Value: false},
		{Column: "created_at", Value: now}, {Column: "updated_at", Value: now},
	})
	if err != nil {
		return nil, err
	}
	id, _ := task.Get("id")
	info, err := coerce.NewRow(records.TaskInfo, coerce.Without(values, "task_id"), records.Values{{Column: "task_id", Value: id}})
	if err != nil {
		return nil, err
	}
	created := records.Row{"deleted_at": nil, "expires_at": nil, "input": nil, "result": nil, "message": nil}
	coerce.Remember(created, task, values)
	coerce.Remember(created, info, values)
	if s.Harden {
		if err := s.guard(c, coerce.TextOf(id)); err != nil {
			return nil, err
		}
		if err := checkTaskOwner(c, created["owner"], coerce.TextOf(id)); err != nil {
			return nil, err
		}
	}
	err = s.Store.InTx(ctx, func(tx records.Tx) error {
		switch _, err := tx.Insert(ctx, records.Tasks, task); {
		case records.IsKind(err, records.Duplicate):
			return coerce.BadValue("id", "is that of another task")
		case err != nil:
			return err
		}
		_, err := tx.Insert(ctx, records.TaskInfo, info)
		return err
	})
	if err != nil {
		return nil, err
	}
	return created, checkTask(c, created, coerce.TextOf(id), false)
}

// Update changes the columns that are among the values, and those of
// task_info if the task has that row. A deleted task is revived, and keeps its
// deleted_at.
func (s *Service) Update(ctx context.Context, c *access.Caller, id string, values *pyjson.Object) (records.Row, error) {
	values = coerce.Without(values, "created_at", "updated_at", "deleted_at", "deleted", "task_id")
	var task records.Row
	err := s.change(ctx, c, id, func(tx records.Tx, found records.Row) error {
		task = found
		set, err := coerce.Columns(records.Tasks, values)
		if err != nil {
			return err
		}
		if owner, given := set.Get("owner"); given && s.Harden {
			if err := checkTaskOwner(c, owner, id); err != nil {
				return err
			}
		}
		set.Set("deleted", false)
		set.Set("updated_at", records.Now(s.Now))
		if err := updateTask(ctx, tx, task, set, values); err != nil {
			return err
		}
		return updateTaskInfo(ctx, tx, task, values)
	})
	if err != nil {
		return nil, err
	}
	return task, checkTask(c, task, id, false)
}

// Delete soft-deletes a task, or does it again. Its task_info stays.
func (s *Service) Delete(ctx context.Context, c *access.Caller, id string) (records.Row, error) {
	var task records.Row
	err := s.change(ctx, c, id, func(tx records.Tx, found records.Row) error {
		task = found
		now := records.Now(s.Now)
		return updateTask(ctx, tx, task, records.Values{
			{Column: "deleted", Value: true}, {Column: "deleted_at", Value: now}, {Column: "updated_at", Value: now},
		}, nil)
	})
	return task, err
}

// change runs f in a transaction with a task that the caller may see.
func (s *Service) change(ctx context.Context, c *access.Caller, id string, f func(records.Tx, records.Row) error) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	if err := s.guard(c, id); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(tx records.Tx) error {
		if _, err := tx.Lock(ctx, records.Tasks, records.Values{{Column: "id", Value: id}}); err != nil {
			return err
		}
		task, err := readTask(ctx, tx, c, id, false)
		if err != nil {
			return err
		}
		return f(tx, task)
	})
}

// updateTask writes columns of a task, which becomes what it is then.
func updateTask(ctx context.Context, tx records.Tx, task records.Row, set records.Values, values *pyjson.Object) error {
	matched, err := tx.Update(ctx, records.Tasks, records.Values{{Column: "id", Value: task["id"]}}, set)
	if err == nil && matched == 0 {
		err = errTaskNotFound(task.Text("id"))
	}
	coerce.Remember(task, set, values)
	return err
}

// updateTaskInfo writes what the values have of the task_info of a task.
func updateTaskInfo(ctx context.Context, tx records.Tx, task records.Row, values *pyjson.Object) error {
	set, err := coerce.Columns(records.TaskInfo, values)
	id := task[records.Joined(records.TaskInfo, "task_id")]
	if err != nil || len(set) == 0 || id == nil {
		return err
	}
	coerce.Remember(task, set, values)
	_, err = tx.Update(ctx, records.TaskInfo, records.Values{{Column: "task_id", Value: id}}, set)
	return err
}
