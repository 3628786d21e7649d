package storage

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// alike are projects that MySQL's collations take for one.
var alike = []string{"aaaa", "AAAA", "aaaa ", "áaaa", "aaaA"}

// Everybody sees their own, whatever the collation of the database.
func TestOwnersAreComparedExactly(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		rest, node := registrytest.New(t, db), rpctest.New(t, db)
		ids := map[string]string{}
		for n, project := range alike {
			ids[project] = fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
			node.Call("image_create", rpctest.Object{"values": rpctest.Object{
				"id": ids[project], "status": "active", "visibility": "private", "owner": project, "size": 1 << n,
				"locations": []rpctest.Object{{"url": "file:///x", "metadata": nil, "status": "active"}},
			}}).OK()
			node.Call("task_create", rpctest.Object{"values": rpctest.Object{
				"id": ids[project], "type": "import", "status": "pending", "owner": project,
			}}).OK()
			node.Call("metadef_namespace_create", rpctest.Object{"values": rpctest.Object{
				"namespace": fmt.Sprint("n", n), "visibility": "private", "owner": project,
			}}).OK()
		}
		for n, project := range alike {
			caller := registrytest.Member(project)
			want := []string{ids[project]}
			for what, got := range map[string][]string{
				"images":             found(node, caller, "image_get_all", rpctest.Object{}, "id"),
				"community images":   found(node, caller, "image_get_all", rpctest.Object{"filters": rpctest.Object{"visibility": "private"}}, "id"),
				"tasks":              found(node, caller, "task_get_all", rpctest.Object{}, "id"),
				"images over v1":     listed(t, rest, caller),
				"an admin's as user": found(node, adminOf(project), "image_get_all", rpctest.Object{"admin_as_user": true}, "id"),
			} {
				if !slices.Equal(got, want) {
					t.Errorf("%q, %s: %q", project, what, got)
				}
			}
			if got := found(node, caller, "metadef_namespace_get_all", rpctest.Object{"sort_key": "id"}, "namespace"); !slices.Equal(got, []string{fmt.Sprint("n", n)}) {
				t.Errorf("%q, namespaces: %q", project, got)
			}
			if usage := node.Call("user_get_storage_usage", rpctest.Object{"owner_id": project}).As(caller).OK(); string(usage.Result) != fmt.Sprint(1<<n) {
				t.Errorf("%q uses %s", project, usage)
			}
		}
	})
}

// Memberships give a right to the project that they name, and to no other.
func TestMembersAreComparedExactly(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		rest, node := registrytest.New(t, db), rpctest.New(t, db)
		id := rest.CreateImage(registrytest.Object{"owner": "owner"})
		node.Call("image_member_create", rpctest.Object{"values": rpctest.Object{"image_id": id, "member": "aaaa", "status": "accepted"}}).OK()
		for _, project := range alike {
			caller := registrytest.Member(project)
			for what, got := range map[string]int{
				"images":      len(found(node, caller, "image_get_all", rpctest.Object{}, "id")),
				"memberships": len(found(node, caller, "image_member_find", rpctest.Object{"image_id": id}, "member")),
				"of aaaa":     len(found(node, caller, "image_member_find", rpctest.Object{"member": "aaaa"}, "member")),
				"over v1":     len(listed(t, rest, caller)),
			} {
				if got != map[bool]int{true: 1}[project == "aaaa"] {
					t.Errorf("%q sees %d: %s", project, got, what)
				}
			}
			visible := node.Call("is_image_visible", rpctest.Object{"image": rpctest.Object{"id": id, "owner": "owner", "visibility": "shared"}}).As(caller).OK()
			if string(visible.Result) != fmt.Sprint(project == "aaaa") {
				t.Errorf("%q: visible %s", project, visible)
			}
		}
	})
}

// A list of tasks makes those that have expired go, the caller's own.
func TestTasksOfOthersDoNotExpire(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		node := rpctest.New(t, db)
		for _, project := range alike {
			node.Call("task_create", rpctest.Object{"values": rpctest.Object{
				"type": "import", "status": "pending", "owner": project, "expires_at": rpctest.Object{"_type": "datetime", "_value": "2016-01-01T00:00:00"},
			}}).OK()
		}
		node.Call("task_get_all", rpctest.Object{}).As(registrytest.Member("aaaa")).OK()
		if owners := servers.Column[string](t, db, "SELECT owner FROM tasks WHERE deleted"); !slices.Equal(owners, []string{"aaaa"}) {
			t.Errorf("expired: tasks of %q", owners)
		}
	})
}

func adminOf(project string) *access.Caller {
	c := registrytest.Admin()
	c.Owner = records.NullOf(project)
	return c
}

// found are the values of a key in what a command lists.
func found(node *rpctest.Registry, caller *access.Caller, command string, kwargs rpctest.Object, key string) (values []string) {
	var rows []map[string]any
	node.Call(command, kwargs).As(caller).Into(&rows)
	for _, row := range rows {
		values = append(values, fmt.Sprint(row[key]))
	}
	return values
}

func listed(t *testing.T, node *registrytest.Registry, caller *access.Caller) (ids []string) {
	t.Helper()
	var body struct{ Images []struct{ ID string } }
	node.RespondTo("GET /images").As(caller).Expect(http.StatusOK).Into(&body)
	for _, i := range body.Images {
		ids = append(ids, i.ID)
	}
	return ids
}

// Exact comparison costs no index.
func TestExactOwnersAreFoundByIndex(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	rows := func(format string) string {
		var values []string
		for n := range 2000 {
			values = append(values, fmt.Sprintf(format, n))
		}
		return strings.Join(values, ",")
	}
	for _, statement := range []string{
		"INSERT INTO tasks (id, type, status, owner, created_at, deleted) VALUES " +
			rows("('%[1]d', 'import', 'pending', 't%[1]d', '2026-01-01', false)"),
		"INSERT INTO images (id, name, status, owner, size, min_disk, min_ram, protected, visibility, created_at, deleted) VALUES " +
			rows("('%[1]d', 'n', 'active', 't%[1]d', 1, 0, 0, false, 'private', '2026-01-01', false)"),
		"INSERT INTO image_locations (image_id, value, status, created_at, deleted) VALUES " +
			rows("('%d', 'file:///x', 'active', '2026-01-01', false)"),
		`ANALYZE TABLE tasks, images, image_locations`,
		`SET GLOBAL log_output = 'TABLE'`,
		`SET GLOBAL general_log = 1`,
	} {
		if _, err := db.DB.Exec(statement); err != nil {
			t.Fatalf("%.200s: %v", statement, err)
		}
	}
	t.Cleanup(func() { _, _ = db.DB.Exec("SET GLOBAL general_log = 0") })
	node := rpctest.New(t, db)
	caller := registrytest.Member("t7")
	node.Call("task_get_all", rpctest.Object{}).As(caller).OK()
	node.Call("user_get_storage_usage", rpctest.Object{"owner_id": "t7"}).As(caller).OK()
	for name, index := range map[string]string{"select_tasks": "ix_tasks_owner", "user_get_storage_usage": "owner_image_idx"} {
		var statement string
		if err := db.DB.QueryRow(`SELECT argument FROM mysql.general_log WHERE command_type IN ('Query', 'Execute')
			AND argument LIKE '/* glance_registry ` + name + ` */%' ORDER BY event_time DESC LIMIT 1`).Scan(&statement); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.Contains(statement, "BINARY") {
			t.Errorf("%s compares as the collation does: %s", name, statement)
		}
		if plan := planOf(t, db, statement); !strings.Contains(plan, "key="+index) {
			t.Errorf("%s\n%s", statement, plan)
		}
	}
}

func planOf(t *testing.T, db *servers.Database, statement string) string {
	t.Helper()
	rows, err := db.DB.Query("EXPLAIN FORMAT=TRADITIONAL " + statement)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		cells, into := make([]string, len(columns)), make([]any, len(columns))
		for n := range into {
			into[n] = &nullText{&cells[n]}
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for n, column := range columns {
			fmt.Fprintf(&plan, "%s=%s ", column, cells[n])
		}
		plan.WriteByte('\n')
	}
	return plan.String()
}

// nullText scans any value as a text, null as an empty one.
type nullText struct{ to *string }

func (n *nullText) Scan(v any) error {
	switch v := v.(type) {
	case nil:
	case []byte:
		*n.to = string(v)
	default:
		*n.to = fmt.Sprint(v)
	}
	return nil
}
