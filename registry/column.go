package registry

// Table is a table of Glance's database.
type Table string

// The tables of images.
const (
	Images          Table = "images"
	ImageProperties Table = "image_properties"
	ImageLocations  Table = "image_locations"
	ImageMembers    Table = "image_members"
	ImageTags       Table = "image_tags"
)

// Kind is the type of a column, as far as writing to it is concerned.
type Kind int

// The kinds of columns.
const (
	Text       Kind = iota // VARCHAR or TEXT
	Int32                  // INTEGER
	Int64                  // BIGINT
	Bool                   // BOOLEAN
	Time                   // DATETIME, UTC
	Visibility             // ENUM image_visibility
)

// Column is what a writer has to know of a column (database-schema.md, 5).
type Column struct {
	Name     string
	Kind     Kind
	Width    int // characters; 0: no limit of its own
	Nullable bool
}

// imageColumns lists the columns of images that a request can name.
var imageColumns = []Column{
	{Name: "id", Kind: Text, Width: maxIDLength},
	{Name: "name", Kind: Text, Width: 255, Nullable: true},
	{Name: "disk_format", Kind: Text, Width: 20, Nullable: true},
	{Name: "container_format", Kind: Text, Width: 20, Nullable: true},
	{Name: "size", Kind: Int64, Nullable: true},
	{Name: "virtual_size", Kind: Int64, Nullable: true},
	{Name: "status", Kind: Text, Width: 30},
	{Name: "visibility", Kind: Visibility},
	{Name: "checksum", Kind: Text, Width: 32, Nullable: true},
	{Name: "os_hash_algo", Kind: Text, Width: 64, Nullable: true},
	{Name: "os_hash_value", Kind: Text, Width: 128, Nullable: true},
	{Name: "min_disk", Kind: Int32},
	{Name: "min_ram", Kind: Int32},
	{Name: "owner", Kind: Text, Width: 255, Nullable: true},
	{Name: "protected", Kind: Bool},
	{Name: "os_hidden", Kind: Bool},
	{Name: "created_at", Kind: Time},
	{Name: "updated_at", Kind: Time, Nullable: true},
	{Name: "deleted_at", Kind: Time, Nullable: true},
	{Name: "deleted", Kind: Bool},
}

// Columns of the child tables that take text from a request.
var (
	propertyName   = Column{Name: "name", Kind: Text, Width: 255}
	propertyValue  = Column{Name: "value", Kind: Text, Nullable: true}
	locationURL    = Column{Name: "value", Kind: Text}
	locationStatus = Column{Name: "status", Kind: Text, Width: 30}
	memberID       = Column{Name: "member", Kind: Text, Width: 255}
)

// ImageColumn finds a column of images by its name.
func ImageColumn(name string) (Column, bool) {
	for _, c := range imageColumns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}
