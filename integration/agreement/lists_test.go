package agreement

import (
	"strings"

	"pgregory.net/rapid"
)

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
