package agreement

import (
	"strings"

	"pgregory.net/rapid"
)

const (
	firstImage  = "00000000-0000-4000-8000-000000000001"
	secondImage = "00000000-0000-4000-8000-000000000002"
	thirdImage  = "00000000-0000-4000-8000-000000000003"
	noImage     = "00000000-0000-4000-8000-000000000009"
)

var imageIDs = []string{firstImage, secondImage, thirdImage}

// imageID is mostly that of an image that there may be.
func imageID(t *rapid.T) string {
	return pick(t, "image", firstImage, firstImage, secondImage, secondImage, thirdImage, noImage)
}

// parentID is that of an image that is there, perhaps a deleted one.
func parentID(t *rapid.T) string { return pick(t, "parent", firstImage, secondImage) }

// imageCommands draw the arguments of the commands about images.
var imageCommands = map[string]func(*rapid.T) object{
	"image_create": func(t *rapid.T) object {
		values := imageValues(t)
		values["id"], values["name"] = pick(t, "id", imageIDs...), pick(t, "name", "a", "b", "c")
		values["status"] = pick(t, "status", "queued", "saving", "active", "pending_delete")
		return object{"values": values}
	},
	"image_update": func(t *rapid.T) object {
		return object{
			"image_id": imageID(t), "values": imageValues(t), "purge_props": rapid.Bool().Draw(t, "purge"),
			"from_state": pick[any](t, "from", nil, nil, "queued", "active"),
		}
	},
	"image_destroy": func(t *rapid.T) object {
		return object{"image_id": pick(t, "image", thirdImage, noImage, secondImage, firstImage)}
	},
	"image_restore": func(t *rapid.T) object { return object{"image_id": imageID(t)} },
	"image_get": func(t *rapid.T) object {
		return object{"image_id": imageID(t), "force_show_deleted": rapid.Bool().Draw(t, "deleted"), "v1_mode": rapid.Bool().Draw(t, "v1")}
	},
	"image_get_all": drawList,
	"is_image_visible": func(t *rapid.T) object {
		return object{"image": described(t), "status": pick[any](t, "status", nil, "accepted")}
	},
	"is_image_mutable": func(t *rapid.T) object { return object{"image": described(t)} },
	"user_get_storage_usage": func(t *rapid.T) object {
		return object{"owner_id": owner(t), "image_id": pick[any](t, "except", nil, firstImage)}
	},

	"image_property_create": func(t *rapid.T) object {
		return object{"values": object{"image_id": parentID(t), "name": propertyName(t), "value": propertyValue(t)}}
	},
	"image_property_delete": func(t *rapid.T) object { return object{"image_ref": imageID(t), "prop_ref": propertyName(t)} },

	"image_member_create": func(t *rapid.T) object {
		values := optional(t, object{"status": memberStatus(t), "can_share": rapid.Bool().Draw(t, "share")})
		values["image_id"], values["member"] = parentID(t), pick(t, "member", "t1", "t2")
		return object{"values": values}
	},
	"image_member_update": func(t *rapid.T) object {
		return object{"memb_id": drawRow(t, "image_member"), "values": optional(t, object{"status": memberStatus(t), "can_share": true})}
	},
	"image_member_delete": func(t *rapid.T) object { return object{"memb_id": drawRow(t, "image_member")} },
	"image_member_find": func(t *rapid.T) object {
		return optional(t, object{"image_id": imageID(t), "member": pick(t, "member", "t1", "t2"), "status": memberStatus(t), "include_deleted": true})
	},
	"image_member_count": func(t *rapid.T) object { return object{"image_id": imageID(t)} },

	"image_tag_create":  func(t *rapid.T) object { return object{"image_id": parentID(t), "value": tag(t)} },
	"image_tag_delete":  func(t *rapid.T) object { return object{"image_id": imageID(t), "value": tag(t)} },
	"image_tag_get_all": func(t *rapid.T) object { return object{"image_id": imageID(t)} },
	"image_tag_set_all": func(t *rapid.T) object {
		return object{"image_id": parentID(t), "tags": rapid.SliceOfN(rapid.Custom(tag), 0, 3).Draw(t, "tags")}
	},

	"image_location_add":    func(t *rapid.T) object { return object{"image_id": parentID(t), "location": location(t, false)} },
	"image_location_update": func(t *rapid.T) object { return object{"image_id": imageID(t), "location": location(t, true)} },
	"image_location_delete": func(t *rapid.T) object {
		return object{
			"image_id": imageID(t), "location_id": drawRow(t, "location"), "status": pick(t, "status", "deleted", "pending_delete"),
			"delete_time": pick[any](t, "at", nil, moment(t, "time")),
		}
	},
}

// imageValues are some values of an image.
func imageValues(t *rapid.T) object {
	return optional(t, object{
		"status": pick(t, "new status", "queued", "active", "deactivated", "pending_delete", "killed", "nonsense"),
		"name":   pick(t, "new name", "a", "b", "c"), "owner": owner(t),
		"visibility": pick(t, "visibility", "private", "shared", "public", "community"),
		"size":       pick[any](t, "size", nil, 1, 20), "min_ram": pick(t, "min_ram", 0, 64), "protected": rapid.Bool().Draw(t, "protected"),
		"disk_format": pick[any](t, "format", nil, "raw", "qcow2"), "os_hidden": rapid.Bool().Draw(t, "hidden"),
		"created_at": moment(t, "created"),
		"properties": rapid.MapOfN(rapid.Custom(propertyName), rapid.Custom(propertyValue), 0, 2).Draw(t, "properties"),
		"locations":  locations(t),
	})
}

func locations(t *rapid.T) []any {
	var list []any
	for range rapid.IntRange(0, 2).Draw(t, "locations") {
		list = append(list, location(t, rapid.Bool().Draw(t, "known")))
	}
	return list
}

func location(t *rapid.T, known bool) object {
	l := object{
		"url": pick(t, "url", "file:///a", "file:///b"), "metadata": pick[any](t, "metadata", object{}, object{"store": "fast"}),
		"status": pick(t, "location status", "active", "active", "pending_delete"),
	}
	if known {
		l["id"] = drawRow(t, "location")
	}
	return l
}

func described(t *rapid.T) object {
	return object{"id": imageID(t), "owner": owner(t), "visibility": pick(t, "visibility", "private", "shared", "public")}
}

func owner(t *rapid.T) any  { return pick[any](t, "owner", nil, "t1", "t1", "t2") }
func tag(t *rapid.T) string { return pick(t, "tag", "x", "y", "z") }
func memberStatus(t *rapid.T) string {
	return pick(t, "member status", "pending", "accepted", "rejected")
}
func propertyName(t *rapid.T) string { return pick(t, "property", "k1", "k2") }
func propertyValue(t *rapid.T) any   { return pick[any](t, "value", "v1", "v2", nil) }

// drawList draws the arguments of image_get_all.
func drawList(t *rapid.T) object {
	keys := pick(t, "sort", []string{"created_at"}, []string{"id"}, []string{"name"}, []string{"status", "name"}, []string{"min_ram", "id"})
	directions := []string{pick(t, "direction", "asc", "desc")}
	if len(keys) > 1 && rapid.Bool().Draw(t, "mixed") {
		directions = []string{"asc", "desc"}
	}
	return optional(t, object{
		"filters": drawFilters(t), "marker": pick[any](t, "marker", nil, firstImage, secondImage, noImage),
		"limit": pick[any](t, "limit", nil, 0, 1, 2), "sort_key": keys, "sort_dir": directions,
		"member_status": pick(t, "member_status", "accepted", "pending", "all"), "is_public": rapid.Bool().Draw(t, "public"),
		"admin_as_user": true, "return_tag": true, "v1_mode": rapid.Bool().Draw(t, "v1"),
	})
}

func drawFilters(t *rapid.T) object {
	at := moment(t, "since")
	text, _ := at["_value"].(string)
	return optional(t, object{
		"deleted": rapid.Bool().Draw(t, "deleted"), "visibility": pick(t, "visibility", "private", "shared", "public", "community", "all"),
		"name": pick(t, "name", "a", "in:a,b", "eq:c", "neq:a"), "status": pick(t, "status", "active", "in:queued,active"),
		"id": "in:" + strings.Join(imageIDs[:2], ","), "tags": rapid.SliceOfN(rapid.Custom(tag), 0, 2).Draw(t, "tags"),
		"properties": object{propertyName(t): "v1"}, "k1": "v2", "owner": owner(t), "os_hidden": rapid.Bool().Draw(t, "hidden"),
		"size_min": pick[any](t, "size_min", 1, "2"), "min_ram_max": 32, "changes-since": at,
		"created_at": pick(t, "op", "", "gte:", "lt:", "neq:", "in:") + text,
	})
}

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
