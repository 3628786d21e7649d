package authorization

import (
	"fmt"
	"maps"
	"strings"

	"github.com/glancegate/glancegate/registry/access"
)

// definitionProbes are about what namespaces contain.
var definitionProbes = func() map[string]probe {
	probes := map[string]probe{}
	for _, kind := range []struct{ name, nameArgument, idArgument, dict string }{
		{"object", "object_name", "object_id", "object_dict"},
		{"property", "property_name", "property_id", "property_dict"},
		{"tag", "name", "id", "tag_dict"},
	} {
		command := "metadef_" + kind.name
		for _, n := range namespaces {
			in := func(arguments object) probe {
				arguments["namespace_name"] = n.name
				return probe{kwargs: given(arguments)}
			}
			reading := func(arguments object) probe {
				p := in(arguments)
				p.reads = true
				return p
			}
			maps.Copy(probes, map[string]probe{
				command + "_get_all: " + n.what:                  reading(object{}),
				command + "_get: " + n.what:                      reading(object{kind.nameArgument: "a"}),
				command + "_count: " + n.what:                    reading(object{}),
				command + "_create: " + n.what:                   in(object{kind.dict: object{"name": "new"}}),
				command + "_update: " + n.what:                   in(object{kind.idArgument: n.id, kind.dict: object{"name": "new"}}),
				command + "_delete: " + n.what:                   in(object{kind.nameArgument: "a"}),
				command + "_delete_namespace_content: " + n.what: in(object{}),
			})
		}
		public := namespaces[1]
		probes[command+"_update: naming another namespace"] = probe{kwargs: given(object{
			"namespace_name": "other", kind.idArgument: public.id, kind.dict: object{"name": "new"},
		})}
		probes[command+"_update: into another namespace"] = probe{kwargs: given(object{
			"namespace_name": public.name, kind.idArgument: public.id, kind.dict: object{"name": "new", "namespace_id": othersNamespace},
		})}
	}
	for _, n := range namespaces {
		probes["metadef_tag_get_all: "+n.what] = probe{reads: true, kwargs: given(object{"namespace_name": n.name, "sort_key": "id"})}
		probes["metadef_tag_create_tags: "+n.what] = probe{kwargs: given(object{"namespace_name": n.name, "tag_list": []object{{"name": "new"}}})}
	}
	return known(probes)
}()

// namespaceProbes are about namespaces themselves.
var namespaceProbes = func() map[string]probe {
	probes := map[string]probe{
		"metadef_namespace_create: of one's own":        {kwargs: makingNamespace(own), fails: "RPCError"}, // without an owner there is no namespace
		"metadef_namespace_create: for another project": {kwargs: makingNamespace(func(*access.Caller) any { return "t-another" })},
		"metadef_namespace_update: giving it away":      {kwargs: given(object{"namespace_id": namespaces[1].id, "namespace_dict": object{"owner": "t-another"}})},
	}
	for _, n := range namespaces {
		maps.Copy(probes, map[string]probe{
			"metadef_namespace_get: " + n.what:     {reads: true, kwargs: given(object{"namespace_name": n.name})},
			"metadef_namespace_get_all: " + n.what: {shows: `"namespace": "` + n.name + `"`, kwargs: given(object{"sort_key": "created_at"})},
			"metadef_namespace_update: " + n.what:  {kwargs: given(object{"namespace_id": n.id, "namespace_dict": object{"description": "new"}})},
			"metadef_namespace_delete: " + n.what:  {kwargs: given(object{"namespace_name": n.name})},
		})
	}
	return known(probes)
}()

func makingNamespace(owner func(*access.Caller) any) func(*access.Caller) object {
	return func(c *access.Caller) object {
		return object{"values": object{"namespace": "new", "visibility": "private", "owner": owner(c)}}
	}
}

// known leaves out what the tables have no word for.
func known(probes map[string]probe) map[string]probe {
	maps.DeleteFunc(probes, func(what string, _ probe) bool { return what[len(what)-1] == ' ' })
	return probes
}

// resourceTypeProbes are about resource types and their associations with
// namespaces.
var resourceTypeProbes = func() map[string]probe {
	probes := map[string]probe{
		"metadef_resource_type_get: any":     {reads: true, kwargs: given(object{"resource_type_name": "used"})},
		"metadef_resource_type_get_all: any": {reads: true, kwargs: given(object{})},
		"metadef_resource_type_create: any":  {kwargs: given(object{"values": object{"name": "new"}})},
		"metadef_resource_type_delete: any":  {kwargs: given(object{"resource_type_name": "unused"}), fails: "RPCError"}, // it never worked
		"metadef_resource_type_association_create: with a new resource type": {
			kwargs: given(object{"namespace_name": "public", "values": association("new")}),
		},
	}
	const command = "metadef_resource_type_association_"
	for _, n := range namespaces {
		maps.Copy(probes, map[string]probe{
			command + "get: " + n.what:                  {reads: true, kwargs: given(object{"namespace_name": n.name, "resource_type_name": "used"})},
			command + "get_all_by_namespace: " + n.what: {reads: true, kwargs: given(object{"namespace_name": n.name})},
			command + "create: " + n.what:               {kwargs: given(object{"namespace_name": n.name, "values": association("unused")})},
			command + "delete: " + n.what:               {kwargs: given(object{"namespace_name": n.name, "resource_type_name": "used"})},
		})
	}
	return known(probes)
}()

func association(resourceType string) object {
	return object{"name": resourceType, "properties_target": nil, "prefix": nil}
}

// The namespaces. All but the last are the owner's.
var namespaces = []struct {
	id                     int
	what                   string // in the tables
	name, visibility, owns string
	protected              bool
}{
	{2000001, "a private namespace", "private", "private", owning, false},
	{2000002, "a public namespace", "public", "public", owning, false},
	{2000003, "a protected namespace", "protected", "public", owning, true},
	{2000004, "", "other", "public", other, false},
}

const othersNamespace = 2000004

// metadefs are the statements that make the namespaces, with one definition of
// each kind in each of them. What a namespace contains has the namespace's id.
var metadefs = func() []string {
	const times = "'2026-01-01 00:00:01', '2026-01-01 00:00:01'"
	rows := func(format string) string {
		list := make([]string, len(namespaces))
		for i, n := range namespaces {
			list[i] = fmt.Sprintf("("+format+", "+times+")", n.id, n.name, n.visibility, n.owns, n.protected)
		}
		return strings.Join(list, ", ")
	}
	return []string{
		"INSERT INTO metadef_resource_types (id, name, protected, created_at, updated_at) VALUES" +
			" (1000000, 'used', false, " + times + "), (1000001, 'unused', false, " + times + ")",
		"INSERT INTO metadef_namespaces (id, namespace, visibility, owner, protected, created_at, updated_at) VALUES " +
			rows("%d, '%s', '%s', '%s', %v"),
		"INSERT INTO metadef_objects (id, namespace_id, name, json_schema, created_at, updated_at) VALUES " + rows("%[1]d, %[1]d, 'a', '{}'"),
		"INSERT INTO metadef_properties (id, namespace_id, name, json_schema, created_at, updated_at) VALUES " + rows("%[1]d, %[1]d, 'a', '{}'"),
		"INSERT INTO metadef_tags (id, namespace_id, name, created_at, updated_at) VALUES " + rows("%[1]d, %[1]d, 'a'"),
		"INSERT INTO metadef_namespace_resource_types (resource_type_id, namespace_id, created_at, updated_at) VALUES " + rows("1000000, %[1]d"),
	}
}()

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
