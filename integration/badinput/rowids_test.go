package badinput

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
)

type object = rpctest.Object

// notIntegers are near the ids 1, 2 and 3.
var notIntegers = []any{
	0.5, 1.4, 1.5, 2.5, 2.6, 3.5, "1.5", "2.5", "1x", "2 MiB", "3abc", "two", "", "0x2", "1e-1", 1e300, -1, []int{2}, object{"id": 2}, nil,
}

// An id that is no integer names no row, whatever a database would make of it.
func TestRowIDsThatAreNone(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		if err := conformance.Fill(t.Context(), db, "small"); err != nil {
			t.Fatal(err)
		}
		node := rpctest.New(t, db)
		before := db.Rows(t)
		imageOf := map[string]string{}
		for _, row := range before["image_locations"] {
			imageOf[cell(row, "id")] = cell(row, "image_id")
		}
		for _, id := range notIntegers {
			for _, c := range byRowID(id, imageOf) {
				a := node.Call(c.Name, c.Kwargs).Answer()
				if a.Error == nil {
					t.Errorf("%s: %s", c, a)
				}
				if changes := before.Changes(db.Rows(t)); len(changes) > 0 {
					t.Fatalf("%s: %q", c, changes)
				}
			}
		}
	})
}

// cell is a value of a row as Rows has it.
func cell(row, column string) string {
	for field := range strings.FieldsSeq(row) {
		if value, found := strings.CutPrefix(field, column+"="); found {
			return value
		}
	}
	return ""
}

// byRowID are all commands that change a row which they find by its number.
func byRowID(id any, imageOf map[string]string) []rpctest.Command {
	commands := []rpctest.Command{
		{Name: "image_member_update", Kwargs: object{"memb_id": id, "values": object{"status": "rejected"}}},
		{Name: "image_member_delete", Kwargs: object{"memb_id": id}},
		{Name: "metadef_namespace_update", Kwargs: object{"namespace_id": id, "namespace_dict": object{"description": "overwritten"}}},
		{Name: "metadef_object_update", Kwargs: object{"namespace_name": "OS::Pub", "object_id": id, "object_dict": object{"description": "overwritten"}}},
		{Name: "metadef_property_update", Kwargs: object{"namespace_name": "OS::Pub", "property_id": id, "property_dict": object{"json_schema": object{"o": 1}}}},
		{Name: "metadef_tag_update", Kwargs: object{"namespace_name": "OS::Pub", "id": id, "tag_dict": object{"name": "overwritten"}}},
		{Name: "metadef_object_update", Kwargs: object{"namespace_name": "OS::Pub", "object_id": 1, "object_dict": object{"namespace_id": id}}},
	}
	for _, row := range []string{"1", "2", "3", "4"} {
		if imageOf[row] == "" {
			continue
		}
		location := object{"id": id, "url": "file:///overwritten", "metadata": object{}, "status": "active"}
		commands = append(commands, rpctest.Command{Name: "image_location_delete", Kwargs: object{
			"image_id": imageOf[row], "location_id": id, "status": "deleted",
		}})
		if id != nil { // an entry without an id is a new location
			commands = append(commands,
				rpctest.Command{Name: "image_location_update", Kwargs: object{"image_id": imageOf[row], "location": location}},
				rpctest.Command{Name: "image_update", Kwargs: object{"image_id": imageOf[row], "values": object{"locations": []object{location}}}})
		}
	}
	return commands
}

// A filter that is no integer matches no image.
func TestIntegerFiltersThatAreNone(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		rest, node := registrytest.New(t, db), rpctest.New(t, db)
		for _, n := range []int{0, 1, 64} {
			node.Call("image_create", object{"values": object{"status": "active", "size": n, "virtual_size": n, "min_ram": n, "min_disk": n}}).OK()
		}
		for _, value := range []any{63.6, 64.4, 0.4, "63.6", "64.4", "64 MiB", "64abc", "x", ""} {
			for _, column := range []string{"size", "virtual_size", "min_ram", "min_disk"} {
				a := node.Call("image_get_all", object{"filters": object{column: value}}).Answer()
				if a.Error == nil && string(a.Result) != "[]" {
					t.Errorf("%s %#v: %s", column, value, a)
				}
			}
			for _, column := range []string{"min_ram", "min_disk"} {
				a := rest.RespondTo("GET /images?" + column + "=" + strings.ReplaceAll(fmt.Sprint(value), " ", "%20")).Answer()
				if a.Status != http.StatusBadRequest && !strings.Contains(string(a.Body), `"images": []`) {
					t.Errorf("%s=%v: %s", column, value, a)
				}
			}
		}
		for _, value := range []any{64, 64.0, "64"} {
			if a := node.Call("image_get_all", object{"filters": object{"min_ram": value}}).OK(); string(a.Result) == "[]" {
				t.Errorf("min_ram %#v finds nothing", value)
			}
		}
		var found []object
		node.Call("metadef_namespace_create", object{"values": object{"namespace": "N", "owner": "t-admin"}}).OK()
		node.Call("metadef_namespace_get_all", object{"sort_key": "id", "filters": object{"id_list": []any{0.6, 1.4, "1x"}}}).Into(&found)
		if len(found) != 0 {
			t.Errorf("id_list finds %v", found)
		}
		for _, marker := range []any{0.6, 1.4, "1x"} {
			node.Call("metadef_namespace_get_all", object{"sort_key": "id", "marker": marker}).Fails("MetadefNamespaceNotFound")
		}
	})
}

// Row ids are the database's business: what a client sends as one is ignored, in
// what it creates and in what it changes.
func TestRowIDsAreNotTaken(t *testing.T) {
	const end = 2147483647
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		node := rpctest.New(t, db)
		var image struct{ ID string }
		node.Call("image_create", object{"values": object{"status": "active", "properties": object{"id": end}}}).Into(&image)
		create := func(id any) []rpctest.Command {
			name := fmt.Sprint("n", id)
			return []rpctest.Command{
				{Name: "image_member_create", Kwargs: object{"values": object{"image_id": image.ID, "member": name, "id": id}}},
				{Name: "image_property_create", Kwargs: object{"values": object{"image_id": image.ID, "name": name, "value": "v", "id": id}}},
				{Name: "image_location_add", Kwargs: object{"image_id": image.ID, "location": object{"id": id, "url": "file:///" + name, "metadata": nil, "status": "active"}}},
				{Name: "metadef_namespace_create", Kwargs: object{"values": object{"namespace": name, "owner": "t-admin", "id": id}}},
				{Name: "metadef_object_create", Kwargs: object{"namespace_name": name, "object_dict": object{"name": "o", "json_schema": object{}, "id": id}}},
				{Name: "metadef_property_create", Kwargs: object{"namespace_name": name, "property_dict": object{"name": "p", "json_schema": object{}, "id": id}}},
				{Name: "metadef_tag_create", Kwargs: object{"namespace_name": name, "tag_dict": object{"name": "t", "id": id}}},
				{Name: "metadef_tag_create_tags", Kwargs: object{"namespace_name": name, "tag_list": []object{{"name": "t", "id": id}}}},
				{Name: "metadef_resource_type_create", Kwargs: object{"values": object{"name": name, "protected": false, "id": id}}},
			}
		}
		for _, id := range []any{end, 1, "7"} {
			for _, c := range create(id) {
				node.Call(c.Name, c.Kwargs).OK()
			}
		}
		for _, c := range []rpctest.Command{
			{Name: "image_member_update", Kwargs: object{"memb_id": 1, "values": object{"id": end, "status": "accepted"}}},
			{Name: "metadef_namespace_update", Kwargs: object{"namespace_id": 1, "namespace_dict": object{"id": end, "description": "d"}}},
			{Name: "metadef_object_update", Kwargs: object{"namespace_name": "n1", "object_id": 1, "object_dict": object{"id": end, "description": "d"}}},
			{Name: "metadef_property_update", Kwargs: object{"namespace_name": "n1", "property_id": 1, "property_dict": object{"id": end, "json_schema": object{"a": 1}}}},
		} {
			node.Call(c.Name, c.Kwargs).OK()
		}
		for _, table := range []string{
			"image_members", "image_properties", "image_locations", "metadef_namespaces", "metadef_objects", "metadef_properties", "metadef_tags", "metadef_resource_types",
		} {
			var rows, highest int
			if err := db.DB.QueryRow("SELECT count(*), max(id) FROM "+table).Scan(&rows, &highest); err != nil {
				t.Fatal(err)
			}
			if rows < 3 || highest > 20 {
				t.Errorf("%s: %d rows, the highest id is %d", table, rows, highest)
			}
		}
	})
}
