package agreement

import (
	"maps"

	"pgregory.net/rapid"
)

func namespaceName(t *rapid.T) string    { return pick(t, "namespace", "n", "m", "n", "m", "none") }
func resourceTypeName(t *rapid.T) string { return pick(t, "resource type", "r", "s") }
func definitionName(t *rapid.T) string   { return pick(t, "definition", "a", "b") }

// metadefCommands draw the arguments of the commands about metadata definitions.
var metadefCommands = func() map[string]func(*rapid.T) object {
	commands := map[string]func(*rapid.T) object{
		"metadef_namespace_get": func(t *rapid.T) object { return object{"namespace_name": namespaceName(t)} },
		"metadef_namespace_create": func(t *rapid.T) object {
			values := namespaceValues(t)
			values["namespace"], values["owner"] = pick(t, "new", "n", "m"), pick(t, "owner", "t1", "t2")
			return object{"values": values}
		},
		"metadef_namespace_update": func(t *rapid.T) object {
			return object{"namespace_id": drawRow(t, "metadef_namespace"), "namespace_dict": namespaceValues(t)}
		},
		"metadef_namespace_delete": func(t *rapid.T) object { return object{"namespace_name": pick(t, "namespace", "none", "m", "n")} },
		"metadef_namespace_get_all": func(t *rapid.T) object {
			kwargs := page(t, "metadef_namespace", "created_at", "id", "namespace", "owner")
			kwargs["filters"] = optional(t, object{
				"visibility": pick(t, "visibility", "public", "private"), "id_list": []any{drawRow(t, "metadef_namespace")},
				"resource_types": pick(t, "types", "r", "r,s", "none"),
			})
			return kwargs
		},
		"metadef_resource_type_create":  func(t *rapid.T) object { return object{"values": object{"name": resourceTypeName(t)}} },
		"metadef_resource_type_get":     func(t *rapid.T) object { return object{"resource_type_name": resourceTypeName(t)} },
		"metadef_resource_type_get_all": func(*rapid.T) object { return object{} },
		"metadef_resource_type_delete":  func(t *rapid.T) object { return object{"resource_type_name": resourceTypeName(t)} },
		"metadef_resource_type_association_create": func(t *rapid.T) object {
			return object{"namespace_name": namespaceName(t), "values": object{
				"name": resourceTypeName(t), "properties_target": pick[any](t, "target", nil, "image"), "prefix": "p",
			}}
		},
		"metadef_resource_type_association_get":                  association,
		"metadef_resource_type_association_delete":               association,
		"metadef_resource_type_association_get_all_by_namespace": inNamespace,
		"metadef_tag_create_tags": func(t *rapid.T) object {
			var list []any
			for range rapid.IntRange(0, 2).Draw(t, "tags") {
				list = append(list, object{"name": definitionName(t)})
			}
			return object{"namespace_name": namespaceName(t), "tag_list": list}
		},
	}
	maps.Copy(commands, definitions("object", "object_name", "object_id", "object_dict"))
	maps.Copy(commands, definitions("property", "property_name", "property_id", "property_dict"))
	maps.Copy(commands, definitions("tag", "name", "id", "tag_dict"))
	commands["metadef_tag_get_all"] = func(t *rapid.T) object {
		kwargs := page(t, "metadef_tag", "created_at", "id", "name")
		kwargs["namespace_name"] = namespaceName(t)
		return kwargs
	}
	return commands
}()

// definitions are the commands about one kind of what namespaces contain.
func definitions(kind, name, id, dict string) map[string]func(*rapid.T) object {
	command := "metadef_" + kind
	named := func(t *rapid.T) object { return object{"namespace_name": namespaceName(t), name: definitionName(t)} }
	return map[string]func(*rapid.T) object{
		command + "_get_all":                  inNamespace,
		command + "_get":                      named,
		command + "_delete":                   named,
		command + "_count":                    inNamespace,
		command + "_delete_namespace_content": inNamespace,
		command + "_create": func(t *rapid.T) object {
			values := definitionValues(t)
			values["name"] = definitionName(t)
			return object{"namespace_name": namespaceName(t), dict: values}
		},
		command + "_update": func(t *rapid.T) object {
			return object{"namespace_name": namespaceName(t), id: drawRow(t, command), dict: definitionValues(t)}
		},
	}
}

func inNamespace(t *rapid.T) object { return object{"namespace_name": namespaceName(t)} }

func association(t *rapid.T) object {
	return object{"namespace_name": namespaceName(t), "resource_type_name": resourceTypeName(t)}
}

func namespaceValues(t *rapid.T) object {
	return optional(t, object{
		"namespace": pick(t, "new namespace", "n", "m"), "display_name": "d", "visibility": pick[any](t, "visibility", "public", "private"),
		"protected": rapid.Bool().Draw(t, "protected"), "owner": pick(t, "new owner", "t1", "t2"), "description": pick[any](t, "text", nil, "x"),
	})
}

func definitionValues(t *rapid.T) object {
	return optional(t, object{
		"name": definitionName(t), "description": pick[any](t, "text", nil, "x"), "required": "a,b",
		"json_schema": pick[any](t, "schema", object{}, object{"type": "string", "enum": []any{"x", 1}}),
	})
}

func page(t *rapid.T, kind string, keys ...string) object {
	kwargs := optional(t, object{
		"marker": drawRow(t, kind), "limit": pick[any](t, "limit", nil, 0, 1, 2), "sort_dir": pick(t, "direction", "asc", "desc", "asc-nullslast"),
	})
	kwargs["sort_key"] = pick(t, "sort", keys...)
	return kwargs
}
