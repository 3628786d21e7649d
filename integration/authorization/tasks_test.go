package authorization

import (
	"github.com/glancegate/glancegate/registry/access"
)

// The tasks are the owner's.
const (
	liveTask    = "00000000-0000-4000-8000-0000000000a1"
	deletedTask = "00000000-0000-4000-8000-0000000000a2"
)

// tasks are the statements that make them.
var tasks = []string{
	`INSERT INTO tasks (id, type, status, owner, created_at, updated_at, deleted_at, deleted) VALUES
	('` + liveTask + `',    'import', 'pending', 't-owner', '2026-01-01 00:00:01', '2026-01-01 00:00:01', NULL, false),
	('` + deletedTask + `', 'import', 'success', 't-owner', '2026-01-01 00:00:01', '2026-01-01 00:00:01', '2026-01-01 00:00:09', true)`,
	`INSERT INTO task_info (task_id, input, result, message) VALUES ('` + liveTask + `', '{}', NULL, '')`,
}

var taskProbes = map[string]probe{
	"task_get: a task":                    {reads: true, kwargs: given(object{"task_id": liveTask})},
	"task_get: a deleted task":            {reads: true, kwargs: given(object{"task_id": deletedTask})},
	"task_get: with `force_show_deleted`": {reads: true, kwargs: given(object{"task_id": deletedTask, "force_show_deleted": true})},
	"task_get_all: a task":                {shows: liveTask, kwargs: given(object{})},
	"task_get_all: with `admin_as_user`":  {shows: liveTask, kwargs: given(object{"admin_as_user": true})},
	"task_create: of one's own":           {kwargs: makingTask(own), fails: "RPCError"}, // without an owner there is no task
	"task_create: for another project":    {kwargs: makingTask(func(*access.Caller) any { return "t-another" })},
	"task_update: a task":                 {kwargs: given(object{"task_id": liveTask, "values": object{"status": "success"}})},
	"task_update: giving it away":         {kwargs: given(object{"task_id": liveTask, "values": object{"owner": "t-another"}})},
	"task_delete: a task":                 {kwargs: given(object{"task_id": liveTask})},
}

func makingTask(owner func(*access.Caller) any) func(*access.Caller) object {
	return func(c *access.Caller) object {
		return object{"values": object{"type": "import", "status": "pending", "owner": owner(c)}}
	}
}
