package records

import (
	"strings"
	"time"
)

// Visibilities of an image. A row of a half migrated database can have none;
// such an image is treated as private (database-schema.md, 4.5).
const (
	Public    = "public"
	Private   = "private"
	Shared    = "shared"
	Community = "community"
)

// Image is the record of an image: its row and all its children, soft-deleted
// ones included. It holds nothing about who asks, so it may be shared.
type Image struct {
	ID              string
	Name            Null[string]
	Status          string
	Visibility      string
	DiskFormat      Null[string]
	ContainerFormat Null[string]
	Checksum        Null[string]
	Owner           Null[string]
	OSHashAlgo      Null[string]
	OSHashValue     Null[string]
	Size            Null[int64] // bytes
	VirtualSize     Null[int64] // bytes
	MinDisk         int64       // GiB
	MinRAM          int64       // MiB
	Protected       bool
	OSHidden        bool
	Stamps

	// Children, each in ascending order of row ids.
	Properties []Property
	Locations  []Location
	Members    []Member
	Tags       []Tag

	forms *Forms // nil unless the record is kept
}

// Stamps are the columns that all soft-deleting tables share. Times are UTC.
// Only Deleted says whether a row is live: a revived row keeps its DeletedAt.
type Stamps struct {
	CreatedAt time.Time
	UpdatedAt Null[time.Time]
	DeletedAt Null[time.Time]
	Deleted   bool
}

// Property is a row of image_properties.
type Property struct {
	RowID int64
	Name  string
	Value Null[string]
	Stamps
}

// Location is a row of image_locations.
type Location struct {
	RowID    int64
	URL      string
	Metadata Null[string] // JSON text
	Status   string
	Stamps
}

// Member is a row of image_members.
type Member struct {
	RowID    int64
	ImageID  string
	Member   string
	CanShare bool
	Status   string
	Stamps
}

// Tag is a row of image_tags.
type Tag struct {
	RowID int64
	Value string
	Stamps
}

// MaxIDLength is the width of images.id in characters; longer ids are unknown
// by definition.
const MaxIDLength = 36

// LiveMember returns the first live membership of a project in an image;
// status "" takes any.
func (i *Image) LiveMember(member, status string) (Member, bool) {
	for _, m := range i.Members {
		if !m.Deleted && m.Member == member && (status == "" || m.Status == status) {
			return m, true
		}
	}
	return Member{}, false
}

// Hidden reports whether a property is one that the image API hides.
func (p *Property) Hidden() bool { return p.Deleted || p.Name == "os_glance_stage_host" }

// GlanceProperties begins the names of properties that the image API keeps its
// own state in.
const GlanceProperties = "os_glance"

// OfGlance reports whether a property is one of those.
func (p *Property) OfGlance() bool { return strings.HasPrefix(p.Name, GlanceProperties) }

// Statuses of an image (registry-v1.md, 4.9).
const (
	StatusActive        = "active"
	StatusSaving        = "saving"
	StatusQueued        = "queued"
	StatusKilled        = "killed"
	StatusPendingDelete = "pending_delete"
	StatusDeleted       = "deleted"
	StatusDeactivated   = "deactivated"
	StatusImporting     = "importing"
	StatusUploading     = "uploading"
)

// Column is the value of a column that lists can be sorted by; nil is NULL.
func (i *Image) Column(name string) any {
	switch name {
	case "id":
		return i.ID
	case "name":
		return orNil(i.Name)
	case "status":
		return i.Status
	case "disk_format":
		return orNil(i.DiskFormat)
	case "container_format":
		return orNil(i.ContainerFormat)
	case "checksum":
		return orNil(i.Checksum)
	case "owner":
		return orNil(i.Owner)
	case "os_hash_algo":
		return orNil(i.OSHashAlgo)
	case "os_hash_value":
		return orNil(i.OSHashValue)
	case "size":
		return orNil(i.Size)
	case "virtual_size":
		return orNil(i.VirtualSize)
	case "min_disk":
		return i.MinDisk
	case "min_ram":
		return i.MinRAM
	case "created_at":
		return i.CreatedAt
	case "updated_at":
		return orNil(i.UpdatedAt)
	case "deleted_at":
		return orNil(i.DeletedAt)
	case "protected":
		return i.Protected
	case "os_hidden":
		return i.OSHidden
	case "deleted":
		return i.Deleted
	}
	return nil
}

func orNil[T any](v Null[T]) any {
	if !v.Valid {
		return nil
	}
	return v.V
}
