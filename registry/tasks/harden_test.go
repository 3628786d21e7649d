package tasks

import (
	"testing"

	"github.com/glancegate/glancegate/integration/ruletest"
	"github.com/glancegate/glancegate/internal/pyjson"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

func taskValues(id, owner string, more ...any) *pyjson.Object {
	return ruletest.Values(append([]any{"id", id, "owner", owner, "type", "import", "status", "pending"}, more...)...)
}

// someTasks has a task of t-own, one of t-other, and one of t-own that has expired.
func someTasks(t *testing.T, harden bool) *Service {
	t.Helper()
	s := &Service{Store: ruletest.Open(t, ruletest.File(t), nil), Rules: access.Rules{Harden: harden}, Now: ruletest.Now}
	for _, task := range []*pyjson.Object{
		taskValues("mine", "t-own"), taskValues("theirs", "t-other"), taskValues("old", "t-own", "expires_at", s.Now()),
	} {
		_, err := s.Create(t.Context(), ruletest.Admin, task)
		ruletest.Must(t, err)
	}
	return s
}

func TestWhoseTasksAreListed(t *testing.T) {
	for _, row := range []struct {
		caller             *access.Caller
		all                bool
		original, hardened int
	}{
		{ruletest.Admin, false, 3, 3}, {ruletest.Admin, true, 3, 3}, {ruletest.Owner, false, 2, 2}, {ruletest.Owner, true, 3, 2},
		{ruletest.Other, false, 1, 1}, {ruletest.Anonymous, false, 3, 0}, {ruletest.Anonymous, true, 3, 0},
	} {
		if list, err := someTasks(t, true).List(t.Context(), row.caller, &Query{SortKey: "id", All: row.all, Limit: -1}); !row.caller.Admin && (err != nil || len(list) > 0) {
			t.Errorf("plain, %q, all %v: %d tasks, %v", row.caller.Owner.V, row.all, len(list), err)
		}
		trusted := *row.caller
		trusted.Trusted = true
		row.caller = &trusted
		for harden, want := range map[bool]int{false: row.original, true: row.hardened} {
			list, err := someTasks(t, harden).List(t.Context(), row.caller, &Query{SortKey: "id", All: row.all, Limit: -1})
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
		s := someTasks(t, harden)
		_, err := s.Create(t.Context(), ruletest.Owner, taskValues("gift", "t-other"))
		_, unknown := s.Get(t.Context(), ruletest.Admin, "gift", false)
		if !ruletest.Refuses(err, records.TaskNotVisible) || harden != ruletest.Refuses(unknown, records.TaskNotFound) {
			t.Errorf("harden %v, create: %v, %v", harden, err, unknown)
		}
		_, err = s.Update(t.Context(), ruletest.Owner, "mine", ruletest.Values("owner", "t-other"))
		row, unread := s.Get(t.Context(), ruletest.Admin, "mine", false)
		ruletest.Must(t, unread)
		if !ruletest.Refuses(err, records.TaskNotVisible) || harden != (row.Text("owner") == "t-own") {
			t.Errorf("harden %v, update: %v, %v", harden, err, row)
		}
	}
}

// TestExpiry deletes a task when its owner lists, unless nothing may be written.
func TestExpiry(t *testing.T) {
	for _, row := range []struct {
		caller            *access.Caller
		readOnly, deletes bool
	}{{ruletest.Owner, false, true}, {ruletest.Owner, true, false}, {ruletest.Other, false, false}, {ruletest.Admin, false, false}, {ruletest.Anonymous, false, false}} {
		s := someTasks(t, false)
		s.ReadOnly = row.readOnly
		ruletest.Must(t, s.Expire(t.Context(), row.caller))
		for id, expires := range map[string]bool{"mine": false, "theirs": false, "old": true} {
			task, err := s.Get(t.Context(), ruletest.Admin, id, false)
			ruletest.Must(t, err)
			if task.Bool("deleted") != (expires && row.deletes) {
				t.Errorf("%q, read only %v: task %s deleted %v", row.caller.Owner.V, row.readOnly, id, task["deleted"])
			}
			if task.Bool("deleted") && (task["deleted_at"] != s.Now() || task["updated_at"] != s.Now()) {
				t.Errorf("times %v, %v", task["deleted_at"], task["updated_at"])
			}
		}
	}
}
