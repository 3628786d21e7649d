package agreement

import "pgregory.net/rapid"

const (
	firstTask  = "00000000-0000-4000-8000-0000000000a1"
	secondTask = "00000000-0000-4000-8000-0000000000a2"
	noTask     = "00000000-0000-4000-8000-0000000000a9"
)

func taskID(t *rapid.T) string { return pick(t, "task", firstTask, firstTask, secondTask, noTask) }

// taskCommands draw the arguments of the commands about tasks. The clock passes
// the time when some of them expire.
var taskCommands = map[string]func(*rapid.T) object{
	"task_create": func(t *rapid.T) object {
		values := taskValues(t)
		values["id"], values["type"] = pick(t, "id", firstTask, secondTask), "import"
		values["status"], values["owner"] = pick(t, "status", "pending", "success"), pick(t, "owner", "t1", "t2")
		return object{"values": values}
	},
	"task_get": func(t *rapid.T) object {
		return object{"task_id": taskID(t), "force_show_deleted": rapid.Bool().Draw(t, "deleted")}
	},
	"task_update": func(t *rapid.T) object { return object{"task_id": taskID(t), "values": taskValues(t)} },
	"task_delete": func(t *rapid.T) object { return object{"task_id": pick(t, "task", noTask, secondTask, firstTask)} },
	"task_get_all": func(t *rapid.T) object {
		return optional(t, object{
			"filters": optional(t, object{
				"deleted": rapid.Bool().Draw(t, "deleted"), "status": "pending", "type": "import", "owner": "t1", "unknown": "x",
			}),
			"marker": taskID(t), "limit": pick[any](t, "limit", nil, 0, 1), "admin_as_user": true,
			"sort_key": pick(t, "sort", "created_at", "status", "id", "owner"), "sort_dir": pick(t, "direction", "asc", "desc"),
		})
	},
}

func taskValues(t *rapid.T) object {
	return optional(t, object{
		"status": pick(t, "new status", "processing", "failure"), "owner": pick(t, "new owner", "t1", "t2"),
		"expires_at": moment(t, "expires"), "message": pick[any](t, "message", nil, "m"), "deleted": rapid.Bool().Draw(t, "deleted"),
		"input": pick[any](t, "input", nil, object{"a": []any{1, "b", nil}}), "result": pick[any](t, "result", nil, "text", object{}),
	})
}
