package rpc

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
)

type entry struct {
	name, signature string
	run             func(*call) (any, error)
}

func table(entries ...entry) map[string]*command {
	commands := make(map[string]*command, len(entries))
	for _, e := range entries {
		commands[e.name] = &command{params: parseSignature(e.signature), run: e.run}
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
