package rpc

import (
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
	"github.com/glancegate/glancegate/registry/tasks"
)

// taskColumns are the keys of a task. Lists have no info; neither has a task
// without that row (registry-v2-rpc.md, 4.4).
var (
	taskColumns     = []string{"id", "type", "status", "owner", "expires_at", "created_at", "updated_at", "deleted_at", "deleted"}
	taskInfoColumns = append(taskColumns[:len(taskColumns):len(taskColumns)], "input", "result", "message")
)

// tasks applies the rules of tasks with the settings of the service.
func (c *call) tasks() *tasks.Service {
	return &tasks.Service{Rules: c.service.Rules, Store: c.service.Store, Now: c.service.Now}
}

func taskView(task records.Row, err error) (any, error) {
	return rowView(task, err, taskInfoColumns)
}

func taskCreate(c *call) (any, error) {
	values, err := c.object("values")
	if err != nil {
		return nil, err
	}
	return taskView(c.tasks().Create(c.ctx, c.caller, values))
}

func taskGet(c *call) (any, error) {
	id, err := asID(c.arg("task_id"))
	if err != nil {
		return nil, err
	}
	return taskView(c.tasks().Get(c.ctx, c.caller, id, c.flag("force_show_deleted")))
}

func taskUpdate(c *call) (any, error) {
	id, err := asID(c.arg("task_id"))
	if err != nil {
		return nil, err
	}
	values, err := c.object("values")
	if err != nil {
		return nil, err
	}
	return taskView(c.tasks().Update(c.ctx, c.caller, id, values))
}

func taskDelete(c *call) (any, error) {
	id, err := asID(c.arg("task_id"))
	if err != nil {
		return nil, err
	}
	return taskView(c.tasks().Delete(c.ctx, c.caller, id))
}

// taskGetAll looks at its arguments when the tasks have expired, as the original
// did.
func taskGetAll(c *call) (any, error) {
	if err := c.tasks().Expire(c.ctx, c.caller); err != nil {
		return nil, err
	}
	q := &tasks.Query{SortKey: c.arg("sort_key"), SortDir: c.arg("sort_dir"), All: c.flag("admin_as_user")}
	var err error
	if q.Filters, err = c.filters(); err != nil {
		return nil, err
	}
	if q.Marker, err = c.optionalText("marker"); err != nil {
		return nil, err
	}
	q.Limit, q.Late = c.limit()
	tasks, err := c.tasks().List(c.ctx, c.caller, q)
	return rowsView(tasks, err, taskColumns)
}

// filters is the argument of that name; null and everything empty are none.
func (c *call) filters() (*pyjson.Object, error) {
	if !c.flag("filters") {
		return nil, nil
	}
	o, ok := c.arg("filters").(*pyjson.Object)
	if !ok {
		return nil, attributeError("'" + pythonType(c.arg("filters")) + "' object has no attribute 'items'")
	}
	return o, nil
}
