package records

// Table is a table of Glance's database.
type Table string

// The tables (database-schema.md, 5).
const (
	Images                       Table = "images"
	ImageProperties              Table = "image_properties"
	ImageLocations               Table = "image_locations"
	ImageMembers                 Table = "image_members"
	ImageTags                    Table = "image_tags"
	Tasks                        Table = "tasks"
	TaskInfo                     Table = "task_info"
	MetadefNamespaces            Table = "metadef_namespaces"
	MetadefObjects               Table = "metadef_objects"
	MetadefProperties            Table = "metadef_properties"
	MetadefTags                  Table = "metadef_tags"
	MetadefResourceTypes         Table = "metadef_resource_types"
	MetadefNamespaceResourceType Table = "metadef_namespace_resource_types"
)

// Kind is the type of a column, as far as reading and writing it is concerned.
type Kind int

// The kinds of columns.
const (
	Text       Kind = iota // VARCHAR or TEXT
	Int32                  // INTEGER, such as row ids
	Int64                  // BIGINT
	Bool                   // BOOLEAN
	Time                   // DATETIME, UTC
	Visibility             // ENUM image_visibility
)

// Column is what a reader and a writer have to know of a column.
type Column struct {
	Name     string
	Kind     Kind
	Width    int // characters; 0: no limit of its own
	Nullable bool
}

// Columns lists the columns of a table that this program knows; a database can
// lack some of them, or have more.
func Columns(table Table) []Column { return tables[table] }

// ColumnOf finds a column by its name.
func ColumnOf(table Table, name string) (Column, bool) {
	for _, c := range tables[table] {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

var tables = map[Table][]Column{
	Images: append([]Column{
		{Name: "id", Width: MaxIDLength},
		{Name: "name", Width: 255, Nullable: true},
		{Name: "disk_format", Width: 20, Nullable: true},
		{Name: "container_format", Width: 20, Nullable: true},
		{Name: "size", Kind: Int64, Nullable: true},
		{Name: "virtual_size", Kind: Int64, Nullable: true},
		{Name: "status", Width: 30},
		{Name: "visibility", Kind: Visibility},
		{Name: "checksum", Width: 32, Nullable: true},
		{Name: "os_hash_algo", Width: 64, Nullable: true},
		{Name: "os_hash_value", Width: 128, Nullable: true},
		{Name: "min_disk", Kind: Int32},
		{Name: "min_ram", Kind: Int32},
		{Name: "owner", Width: 255, Nullable: true},
		{Name: "protected", Kind: Bool},
		{Name: "os_hidden", Kind: Bool},
	}, stampColumns...),
	ImageProperties: child(
		Column{Name: "name", Width: 255},
		Column{Name: "value", Nullable: true},
	),
	ImageLocations: child(
		Column{Name: "value"},
		Column{Name: "meta_data", Nullable: true},
		Column{Name: "status", Width: 30},
	),
	ImageMembers: child(
		Column{Name: "member", Width: 255},
		Column{Name: "can_share", Kind: Bool},
		Column{Name: "status", Width: 20},
	),
	ImageTags: child(
		Column{Name: "value", Width: 255},
	),
	Tasks: append([]Column{
		{Name: "id", Width: MaxIDLength},
		{Name: "type", Width: 30},
		{Name: "status", Width: 30},
		{Name: "owner", Width: 255},
		{Name: "expires_at", Kind: Time, Nullable: true},
	}, stampColumns...),
	TaskInfo: {
		{Name: "task_id", Width: MaxIDLength},
		{Name: "input", Nullable: true},
		{Name: "result", Nullable: true},
		{Name: "message", Nullable: true},
	},
	MetadefNamespaces: metadef(
		Column{Name: "namespace", Width: 80},
		Column{Name: "display_name", Width: 80, Nullable: true},
		Column{Name: "description", Nullable: true},
		Column{Name: "visibility", Width: 32, Nullable: true},
		Column{Name: "protected", Kind: Bool, Nullable: true},
		Column{Name: "owner", Width: 255},
	),
	MetadefObjects: metadef(
		Column{Name: "namespace_id", Kind: Int32},
		Column{Name: "name", Width: 80},
		Column{Name: "description", Nullable: true},
		Column{Name: "required", Nullable: true},
		Column{Name: "json_schema"},
	),
	MetadefProperties: metadef(
		Column{Name: "namespace_id", Kind: Int32},
		Column{Name: "name", Width: 80},
		Column{Name: "json_schema"},
	),
	MetadefTags: metadef(
		Column{Name: "namespace_id", Kind: Int32},
		Column{Name: "name", Width: 80},
	),
	MetadefResourceTypes: metadef(
		Column{Name: "name", Width: 80},
		Column{Name: "protected", Kind: Bool},
	),
	MetadefNamespaceResourceType: {
		{Name: "resource_type_id", Kind: Int32},
		{Name: "namespace_id", Kind: Int32},
		{Name: "properties_target", Width: 80, Nullable: true},
		{Name: "prefix", Width: 80, Nullable: true},
		{Name: "created_at", Kind: Time},
		{Name: "updated_at", Kind: Time, Nullable: true},
	},
}

// stampColumns are the columns that soft-deleting tables share.
var stampColumns = []Column{
	{Name: "created_at", Kind: Time},
	{Name: "updated_at", Kind: Time, Nullable: true},
	{Name: "deleted_at", Kind: Time, Nullable: true},
	{Name: "deleted", Kind: Bool},
}

// child has the columns of a table of an image's children.
func child(own ...Column) []Column {
	columns := []Column{{Name: "id", Kind: Int32}, {Name: "image_id", Width: MaxIDLength}}
	return append(append(columns, own...), stampColumns...)
}

// metadef has the columns of a table of metadata definitions with ids.
func metadef(own ...Column) []Column {
	columns := append([]Column{{Name: "id", Kind: Int32}}, own...)
	return append(columns, Column{Name: "created_at", Kind: Time}, Column{Name: "updated_at", Kind: Time, Nullable: true})
}

// IsJSON reports whether a text column holds JSON (database-schema.md, 7).
func IsJSON(column string) bool {
	switch column {
	case "meta_data", "input", "result", "json_schema":
		return true
	}
	return false
}
