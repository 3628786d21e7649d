package registry

import (
	"context"

	"github.com/google/uuid"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// CreateTask adds a task and its task_info. The rows stay even where the caller
// may not read them; the error is that of Task then.
func (s *Service) CreateTask(ctx context.Context, c *Caller, values *pyjson.Object) (Row, error) {
	if err := s.CheckWritable(c); err != nil {
		return nil, err
	}
	now := s.now()
	task, err := newRow(Tasks, values, Values{
		{Column: "id", Value: uuid.NewString()}, {Column: "deleted", Value: false},
		{Column: "created_at", Value: now}, {Column: "updated_at", Value: now},
	})
	if err != nil {
		return nil, err
	}
	id, _ := task.Get("id")
	info, err := newRow(TaskInfo, without(values, "task_id"), Values{{Column: "task_id", Value: id}})
	if err != nil {
		return nil, err
	}
	created := Row{"deleted_at": nil, "expires_at": nil, "input": nil, "result": nil, "message": nil}
	created.remember(task, values)
	created.remember(info, values)
	if s.Harden {
		if err := s.guardTasks(c, textOf(id)); err != nil {
			return nil, err
		}
		if err := checkTaskOwner(c, created["owner"], textOf(id)); err != nil {
			return nil, err
		}
	}
	err = s.Store.InTx(ctx, func(tx Tx) error {
		switch _, err := tx.Insert(ctx, Tasks, task); {
		case isKind(err, Duplicate):
			return badValue("id", "is that of another task")
		case err != nil:
			return err
		}
		_, err := tx.Insert(ctx, TaskInfo, info)
		return err
	})
	if err != nil {
		return nil, err
	}
	return created, checkTask(c, created, textOf(id), false)
}

// UpdateTask changes the columns that are among the values, and those of
// task_info if the task has that row. A deleted task is revived, and keeps its
// deleted_at.
func (s *Service) UpdateTask(ctx context.Context, c *Caller, id string, values *pyjson.Object) (Row, error) {
	values = without(values, "created_at", "updated_at", "deleted_at", "deleted", "task_id")
	var task Row
	err := s.changeTask(ctx, c, id, func(tx Tx, found Row) error {
		task = found
		set, err := columnsOf(Tasks, values)
		if err != nil {
			return err
		}
		if owner, given := set.Get("owner"); given && s.Harden {
			if err := checkTaskOwner(c, owner, id); err != nil {
				return err
			}
		}
		set.Set("deleted", false)
		set.Set("updated_at", s.now())
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

// DeleteTask soft-deletes a task, or does it again. Its task_info stays.
func (s *Service) DeleteTask(ctx context.Context, c *Caller, id string) (Row, error) {
	var task Row
	err := s.changeTask(ctx, c, id, func(tx Tx, found Row) error {
		task = found
		now := s.now()
		return updateTask(ctx, tx, task, Values{
			{Column: "deleted", Value: true}, {Column: "deleted_at", Value: now}, {Column: "updated_at", Value: now},
		}, nil)
	})
	return task, err
}

// changeTask runs f in a transaction with a task that the caller may see.
func (s *Service) changeTask(ctx context.Context, c *Caller, id string, f func(Tx, Row) error) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	if err := s.guardTasks(c, id); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(tx Tx) error {
		if _, err := tx.Lock(ctx, Tasks, Values{{Column: "id", Value: id}}); err != nil {
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
func updateTask(ctx context.Context, tx Tx, task Row, set Values, values *pyjson.Object) error {
	matched, err := tx.Update(ctx, Tasks, Values{{Column: "id", Value: task["id"]}}, set)
	if err == nil && matched == 0 {
		err = errTaskNotFound(task.Text("id"))
	}
	task.remember(set, values)
	return err
}

// updateTaskInfo writes what the values have of the task_info of a task.
func updateTaskInfo(ctx context.Context, tx Tx, task Row, values *pyjson.Object) error {
	set, err := columnsOf(TaskInfo, values)
	id := task[Joined(TaskInfo, "task_id")]
	if err != nil || len(set) == 0 || id == nil {
		return err
	}
	task.remember(set, values)
	_, err = tx.Update(ctx, TaskInfo, Values{{Column: "task_id", Value: id}}, set)
	return err
}
