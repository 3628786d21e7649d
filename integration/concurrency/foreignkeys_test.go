package concurrency

import (
	"testing"

	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
)

// foreignKeys lists them as statements that drop them.
var foreignKeys = map[servers.Kind]string{
	servers.MySQL: `SELECT CONCAT('ALTER TABLE ', table_name, ' DROP FOREIGN KEY ', constraint_name) FROM information_schema.table_constraints
		WHERE constraint_schema = DATABASE() AND constraint_type = 'FOREIGN KEY'`,
	servers.PostgreSQL: `SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname) FROM pg_constraint WHERE contype = 'f'`,
}

// withoutForeignKeys drops all of them; SQLite does not enforce them anyway.
func withoutForeignKeys(t *testing.T, db *servers.Database) {
	t.Helper()
	if db.Dialect == servers.SQLite {
		return
	}
	rows, err := db.DB.Query(foreignKeys[db.Dialect])
	if err != nil {
		t.Fatal(err)
	}
	var drops []string
	for rows.Next() {
		var drop string
		if err := rows.Scan(&drop); err != nil {
			t.Fatal(err)
		}
		drops = append(drops, drop)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(drops) < 8 {
		t.Fatalf("foreign keys: %v", drops)
	}
	for _, drop := range drops {
		if _, err := db.DB.Exec(drop); err != nil {
			t.Fatalf("%s: %v", drop, err)
		}
	}
}

const missing = "00000000-0000-4000-8000-00000000dead"

// What needs a parent is refused without one, with foreign keys and without them,
// in the same words.
func TestNoChildWithoutItsParent(t *testing.T) {
	onCommandNodes(t, func(t *testing.T, db *servers.Database, nodes []*rpctest.Registry) {
		node := nodes[0]
		image := newImage(node)
		var member, namespace struct{ ID int }
		node.Call("image_member_create", rpctest.Object{"values": rpctest.Object{"image_id": image, "member": "m"}}).Into(&member)
		node.Call("metadef_namespace_create", rpctest.Object{"values": rpctest.Object{"namespace": "N", "owner": "t-admin"}}).Into(&namespace)
		for _, kind := range []string{"object", "property", "tag"} {
			node.Call("metadef_"+kind+"_create", rpctest.Object{"namespace_name": "N", kind + "_dict": rpctest.Object{"name": "a", "json_schema": rpctest.Object{}}}).OK()
		}
		orphans := orphaned(member.ID)
		ask := func() (answers []string) {
			before := db.Rows(t)
			for _, c := range orphans {
				a := node.Call(c.Name, c.Kwargs).Answer()
				if a.Error == nil && c.Name != "image_tag_get_all" && c.Name != "image_member_count" && c.Name != "image_member_find" {
					t.Errorf("%s %v: %s", c.Name, c.Kwargs, a)
				}
				answers = append(answers, a.String())
				if changes := before.Changes(db.Rows(t)); len(changes) > 0 {
					t.Errorf("%s %v: %q", c.Name, c.Kwargs, changes)
					before = db.Rows(t)
				}
			}
			return answers
		}
		with := ask()
		withoutForeignKeys(t, db)
		for n, a := range ask() {
			if a != with[n] {
				t.Errorf("%s: with foreign keys %s, without %s", orphans[n], with[n], a)
			}
		}
	})
}

// orphaned are commands that name a parent which is not there.
func orphaned(member int) []rpctest.Command {
	type object = rpctest.Object
	location := object{"url": "file:///x", "metadata": object{}, "status": "active"}
	known := object{"id": 1, "url": "file:///x", "metadata": object{}, "status": "active"}
	commands := []rpctest.Command{
		{Name: "image_member_create", Kwargs: object{"values": object{"image_id": missing, "member": "m"}}},
		{Name: "image_member_update", Kwargs: object{"memb_id": member, "values": object{"image_id": missing}}},
		{Name: "image_member_find", Kwargs: object{"image_id": missing}},
		{Name: "image_member_count", Kwargs: object{"image_id": missing}},
		{Name: "image_property_create", Kwargs: object{"values": object{"image_id": missing, "name": "n", "value": "v"}}},
		{Name: "image_property_delete", Kwargs: object{"image_ref": missing, "prop_ref": "n"}},
		{Name: "image_tag_create", Kwargs: object{"image_id": missing, "value": "t"}},
		{Name: "image_tag_delete", Kwargs: object{"image_id": missing, "value": "t"}},
		{Name: "image_tag_get_all", Kwargs: object{"image_id": missing}},
		{Name: "image_tag_set_all", Kwargs: object{"image_id": missing, "tags": []string{"t"}}},
		{Name: "image_location_add", Kwargs: object{"image_id": missing, "location": location}},
		{Name: "image_location_update", Kwargs: object{"image_id": missing, "location": known}},
		{Name: "image_location_delete", Kwargs: object{"image_id": missing, "location_id": 1, "status": "deleted"}},
		{Name: "image_update", Kwargs: object{"image_id": missing, "values": object{"name": "n"}}},
		{Name: "image_destroy", Kwargs: object{"image_id": missing}},
		{Name: "image_restore", Kwargs: object{"image_id": missing}},
		{Name: "task_update", Kwargs: object{"task_id": missing, "values": object{"message": "m"}}},
		{Name: "task_delete", Kwargs: object{"task_id": missing}},
		{Name: "metadef_resource_type_association_create", Kwargs: object{
			"namespace_name": "missing", "values": object{"name": "R", "prefix": "p", "properties_target": nil},
		}},
		{Name: "metadef_resource_type_association_delete", Kwargs: object{"namespace_name": "N", "resource_type_name": "missing"}},
		{Name: "metadef_tag_create_tags", Kwargs: object{"namespace_name": "missing", "tag_list": []object{{"name": "n"}}}},
		{Name: "metadef_namespace_update", Kwargs: object{"namespace_id": 424242, "namespace_dict": object{"description": "d"}}},
		{Name: "metadef_namespace_delete", Kwargs: object{"namespace_name": "missing"}},
	}
	for _, kind := range []struct{ name, id string }{{"object", "object_id"}, {"property", "property_id"}, {"tag", "id"}} {
		command, dict := "metadef_"+kind.name, kind.name+"_dict"
		commands = append(commands,
			rpctest.Command{Name: command + "_create", Kwargs: object{"namespace_name": "missing", dict: object{"name": "n", "json_schema": object{}}}},
			rpctest.Command{Name: command + "_update", Kwargs: object{"namespace_name": "N", kind.id: 1, dict: object{"namespace_id": 424242}}},
			rpctest.Command{Name: command + "_update", Kwargs: object{"namespace_name": "N", kind.id: 1, dict: object{"namespace_id": 1.5}}},
			rpctest.Command{Name: command + "_delete_namespace_content", Kwargs: object{"namespace_name": "missing"}},
		)
	}
	return commands
}
