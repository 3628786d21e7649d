package rpc

import (
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/internal/jsonbody"
)

// commands is registry v2: every name that a client can call, with the
// arguments of the Train release; older releases lack some of both
// (registry-v2-rpc.md, 3.1).
var commands = table(
	entry{"image_create", "values, v1_mode=false", imageCreate},
	entry{"image_update", "image_id, values, purge_props=false, from_state=null, v1_mode=false", imageUpdate},
	entry{"image_destroy", "image_id", imageDestroy},
	entry{"image_restore", "image_id", imageRestore},
	entry{"image_get", "image_id, session=null, force_show_deleted=false, v1_mode=false", imageGet},
	entry{"image_get_all", `filters=null, marker=null, limit=null, sort_key=null, sort_dir=null, member_status="accepted", is_public=null, admin_as_user=false, return_tag=false, v1_mode=false`, imageGetAll},
	entry{"is_image_visible", "image, status=null", isImageVisible},
	entry{"is_image_mutable", "image", isImageMutable},
	entry{"user_get_storage_usage", "owner_id, image_id=null, session=null", userGetStorageUsage},

	entry{"image_property_create", "values, session=null", imagePropertyCreate},
	entry{"image_property_delete", "prop_ref, image_ref, session=null", imagePropertyDelete},

	entry{"image_member_create", "values, session=null", imageMemberCreate},
	entry{"image_member_update", "memb_id, values", imageMemberUpdate},
	entry{"image_member_delete", "memb_id, session=null", imageMemberDelete},
	entry{"image_member_find", "image_id=null, member=null, status=null, include_deleted=false", imageMemberFind},
	entry{"image_member_count", "image_id", imageMemberCount},

	entry{"image_tag_create", "image_id, value, session=null", imageTagCreate},
	entry{"image_tag_delete", "image_id, value, session=null", imageTagDelete},
	entry{"image_tag_get_all", "image_id, session=null", imageTagGetAll},
	entry{"image_tag_set_all", "image_id, tags", imageTagSetAll},

	entry{"image_location_add", "image_id, location, session=null", imageLocationAdd},
	entry{"image_location_update", "image_id, location, session=null", imageLocationUpdate},
	entry{"image_location_delete", "image_id, location_id, status, delete_time=null, session=null", imageLocationDelete},

	entry{"task_create", "values, session=null", taskCreate},
	entry{"task_get", "task_id, session=null, force_show_deleted=false", taskGet},
	entry{"task_get_all", `filters=null, marker=null, limit=null, sort_key="created_at", sort_dir="desc", admin_as_user=false`, taskGetAll},
	entry{"task_update", "task_id, values, session=null", taskUpdate},
	entry{"task_delete", "task_id, session=null", taskDelete},

	entry{"metadef_namespace_get_all", "marker=null, limit=null, sort_key=null, sort_dir=null, filters=null, session=null", metadefNamespaceGetAll},
	entry{"metadef_namespace_get", "namespace_name, session=null", metadefNamespaceGet},
	entry{"metadef_namespace_create", "values, session=null", metadefNamespaceCreate},
	entry{"metadef_namespace_update", "namespace_id, namespace_dict, session=null", metadefNamespaceUpdate},
	entry{"metadef_namespace_delete", "namespace_name, session=null", metadefNamespaceDelete},

	entry{"metadef_object_get_all", "namespace_name, session=null", metadefObject.getAll},
	entry{"metadef_object_get", "namespace_name, object_name, session=null", metadefObject.get},
	entry{"metadef_object_create", "namespace_name, object_dict, session=null", metadefObject.create},
	entry{"metadef_object_update", "namespace_name, object_id, object_dict, session=null", metadefObject.update},
	entry{"metadef_object_delete", "namespace_name, object_name, session=null", metadefObject.delete},
	entry{"metadef_object_delete_namespace_content", "namespace_name, session=null", metadefObject.deleteNamespaceContent},
	entry{"metadef_object_count", "namespace_name, session=null", metadefObject.count},

	entry{"metadef_property_get_all", "namespace_name, session=null", metadefProperty.getAll},
	entry{"metadef_property_get", "namespace_name, property_name, session=null", metadefProperty.get},
	entry{"metadef_property_create", "namespace_name, property_dict, session=null", metadefProperty.create},
	entry{"metadef_property_update", "namespace_name, property_id, property_dict, session=null", metadefProperty.update},
	entry{"metadef_property_delete", "namespace_name, property_name, session=null", metadefProperty.delete},
	entry{"metadef_property_delete_namespace_content", "namespace_name, session=null", metadefProperty.deleteNamespaceContent},
	entry{"metadef_property_count", "namespace_name, session=null", metadefProperty.count},

	entry{"metadef_tag_get_all", "namespace_name, filters=null, marker=null, limit=null, sort_key=null, sort_dir=null, session=null", metadefTagGetAll},
	entry{"metadef_tag_get", "namespace_name, name, session=null", metadefTag.get},
	entry{"metadef_tag_create", "namespace_name, tag_dict, session=null", metadefTag.create},
	entry{"metadef_tag_create_tags", "namespace_name, tag_list, session=null", metadefTagCreateTags},
	entry{"metadef_tag_update", "namespace_name, id, tag_dict, session=null", metadefTag.update},
	entry{"metadef_tag_delete", "namespace_name, name, session=null", metadefTag.delete},
	entry{"metadef_tag_delete_namespace_content", "namespace_name, session=null", metadefTag.deleteNamespaceContent},
	entry{"metadef_tag_count", "namespace_name, session=null", metadefTag.count},

	entry{"metadef_resource_type_create", "values, session=null", metadefResourceTypeCreate},
	entry{"metadef_resource_type_get", "resource_type_name, session=null", metadefResourceTypeGet},
	entry{"metadef_resource_type_get_all", "session=null", metadefResourceTypeGetAll},
	entry{"metadef_resource_type_delete", "resource_type_name, session=null", metadefResourceTypeDelete},
	entry{"metadef_resource_type_association_get", "namespace_name, resource_type_name, session=null", metadefResourceTypeAssociationGet},
	entry{"metadef_resource_type_association_create", "namespace_name, values, session=null", metadefResourceTypeAssociationCreate},
	entry{"metadef_resource_type_association_delete", "namespace_name, resource_type_name, session=null", metadefResourceTypeAssociationDelete},
	entry{"metadef_resource_type_association_get_all_by_namespace", "namespace_name, session=null", metadefResourceTypeAssociationGetAllByNamespace},
)

type entry struct {
	name, signature string
	run             func(*call) (any, error)
}

func table(entries ...entry) map[string]*command {
	commands := make(map[string]*command, len(entries))
	for _, e := range entries {
		commands[e.name] = &command{name: e.name, params: parseSignature(e.signature), run: e.run}
	}
	return commands
}

// CommandNames lists the names of all commands, in no order.
func CommandNames() []string {
	names := make([]string, 0, len(commands))
	for name := range commands {
		names = append(names, name)
	}
	return names
}

// ReadsOnly names the commands of a request body, and reports whether each of them changes
// nothing, not even as a list of tasks does, which deletes those that have expired. It names
// none of a body that is no list of known commands: what such a one does to the old service
// is not known.
func ReadsOnly(body []byte, maxDepth int) (names []string, reads bool) {
	if pyjson.HasMoreValues(body, jsonbody.MaxValues, maxDepth) {
		return nil, false
	}
	v, err := pyjson.Decode(body, maxDepth)
	list, _ := v.([]any)
	if err != nil || len(list) == 0 {
		return nil, false
	}
	reads = true
	for _, item := range list {
		o, _ := item.(*pyjson.Object)
		raw, _ := o.Get("command")
		name, _ := raw.(string)
		if commands[name] == nil {
			return nil, false
		}
		names = append(names, name)
		reads = reads && IsRead(name) && name != "task_get_all"
	}
	return names, reads
}

// IsRead reports whether a command is sent to change nothing. A list of tasks counts as
// one, though the service deletes those that have expired when it makes it: its sender only reads.
func IsRead(command string) bool {
	return strings.HasPrefix(command, "is_image_") || strings.Contains(command, "_get") ||
		strings.HasSuffix(command, "_find") || strings.HasSuffix(command, "_count")
}
