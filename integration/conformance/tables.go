package conformance

import "slices"

// table is one of Glance's tables.
type table struct {
	name     string
	key      []string // columns of the primary key
	children []string // tables that refer to this one
	counted  bool     // the database numbers new rows itself
}

// tables stand in an order in which rows may be inserted.
var tables = []table{
	{"images", id, []string{"image_properties", "image_tags", "image_locations", "image_members"}, false},
	{"image_properties", id, nil, true},
	{"image_tags", id, nil, true},
	{"image_locations", id, nil, true},
	{"image_members", id, nil, true},
	{"tasks", id, []string{"task_info"}, false},
	{"task_info", []string{"task_id"}, nil, false},
	{"metadef_namespaces", id, []string{"metadef_namespace_resource_types", "metadef_objects", "metadef_properties", "metadef_tags"}, true},
	{"metadef_resource_types", id, []string{"metadef_namespace_resource_types"}, true},
	{"metadef_namespace_resource_types", []string{"resource_type_id", "namespace_id"}, nil, false},
	{"metadef_objects", id, nil, true},
	{"metadef_properties", id, nil, true},
	{"metadef_tags", id, nil, true},
}

var id = []string{"id"}

// firstNewID is the number of the next new row, far from those of the datasets.
const firstNewID = 100001

// Columns that the three databases represent differently, and those that hold
// JSON as text.
var (
	boolColumns = []string{"deleted", "protected", "os_hidden", "can_share", isPublic}
	timeColumns = []string{"created_at", "updated_at", "deleted_at", "expires_at"}
	jsonColumns = []string{"meta_data", "json_schema", "input", "result"}
)

func isBool(column string) bool { return slices.Contains(boolColumns, column) }
func isTime(column string) bool { return slices.Contains(timeColumns, column) }
func isJSON(column string) bool { return slices.Contains(jsonColumns, column) }
