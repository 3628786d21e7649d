package registry_test

import (
	"testing"

	"github.com/glancegate/glancegate/registry"
)

func newTask(id, owner string, more ...any) []any {
	return append([]any{"id", id, "owner", owner, "type", "import", "status", "pending"}, more...)
}

// tasks has a task of t-own, one of t-other, and one of t-own that has expired.
func tasks(t *testing.T, harden bool) *registry.Service {
	t.Helper()
	s := onSQLite(t, harden)
	for _, task := range [][]any{
		newTask("mine", "t-own"), newTask("theirs", "t-other"), newTask("old", "t-own", "expires_at", s.Now()),
	} {
		_, err := s.CreateTask(ctx, admin, values(task...))
		must(t, err)
	}
	return s
}

func TestWhoseTasksAreListed(t *testing.T) {
	for _, row := range []struct {
		caller             *registry.Caller
		all                bool
		original, hardened int
	}{
		{admin, false, 3, 3}, {admin, true, 3, 3}, {owner, false, 2, 2}, {owner, true, 3, 2},
		{other, false, 1, 1}, {nobody, false, 3, 0}, {nobody, true, 3, 0},
	} {
		if list, err := tasks(t, true).Tasks(ctx, row.caller, &registry.TaskQuery{SortKey: "id", All: row.all, Limit: -1}); !row.caller.Admin && (err != nil || len(list) > 0) {
			t.Errorf("plain, %q, all %v: %d tasks, %v", row.caller.Owner.V, row.all, len(list), err)
		}
		trusted := *row.caller
		trusted.Trusted = true
		row.caller = &trusted
		for harden, want := range map[bool]int{false: row.original, true: row.hardened} {
			list, err := tasks(t, harden).Tasks(ctx, row.caller, &registry.TaskQuery{SortKey: "id", All: row.all, Limit: -1})
			if err != nil || len(list) != want {
				t.Errorf("harden %v, %q, all %v: %d tasks, %v", harden, row.caller.Owner.V, row.all, len(list), err)
			}
		}
	}
}

// TestTaskInTheNameOfAnother is refused by both, but the original has created it
// then.
func TestTaskInTheNameOfAnother(t *testing.T) {
	for _, harden := range []bool{false, true} {
		s := tasks(t, harden)
		_, err := s.CreateTask(ctx, owner, values(newTask("gift", "t-other")...))
		_, unknown := s.Task(ctx, admin, "gift", false)
		if !refuses(err, registry.TaskNotVisible) || harden != refuses(unknown, registry.TaskNotFound) {
			t.Errorf("harden %v, create: %v, %v", harden, err, unknown)
		}
		_, err = s.UpdateTask(ctx, owner, "mine", values("owner", "t-other"))
		row, unread := s.Task(ctx, admin, "mine", false)
		must(t, unread)
		if !refuses(err, registry.TaskNotVisible) || harden != (row.Text("owner") == "t-own") {
			t.Errorf("harden %v, update: %v, %v", harden, err, row)
		}
	}
}

// TestExpiry deletes a task when its owner lists, unless nothing may be written.
func TestExpiry(t *testing.T) {
	for _, row := range []struct {
		caller            *registry.Caller
		readOnly, deletes bool
	}{{owner, false, true}, {owner, true, false}, {other, false, false}, {admin, false, false}, {nobody, false, false}} {
		s := tasks(t, false)
		s.ReadOnly = row.readOnly
		must(t, s.ExpireTasks(ctx, row.caller))
		for id, expires := range map[string]bool{"mine": false, "theirs": false, "old": true} {
			task, err := s.Task(ctx, admin, id, false)
			must(t, err)
			if task.Bool("deleted") != (expires && row.deletes) {
				t.Errorf("%q, read only %v: task %s deleted %v", row.caller.Owner.V, row.readOnly, id, task["deleted"])
			}
			if task.Bool("deleted") && (task["deleted_at"] != s.Now() || task["updated_at"] != s.Now()) {
				t.Errorf("times %v, %v", task["deleted_at"], task["updated_at"])
			}
		}
	}
}
