package registry

import (
	"slices"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// A hardened gateway holds plain callers to what they could do through the image
// API v2: to its read-only attributes, and to the roles that Glance's default
// policy asks for (docs/authorization.md).

func refuse(format string, args ...any) error {
	return records.Errorf(records.PolicyRefused, format+" (harden)", args...)
}

// NewStatus is the status of an image of which the request does not say one.
// What is active has data, which the image API alone stores.
func (s *Service) NewStatus(c *access.Caller) string {
	if s.Plain(c) {
		return records.StatusQueued
	}
	return records.StatusActive
}

// readOnly are the attributes that the image API sets.
var readOnly = []string{"status", "checksum", "os_hash_algo", "os_hash_value", "size", "virtual_size"}

// checkNew refuses a new image that a plain caller could not make.
func (s *Service) checkNew(c *access.Caller, v *imageValues) error {
	if !s.Plain(c) {
		return nil
	}
	if !c.Owner.Valid {
		return records.Errorf(records.NotImageOwner, "Images are created in a project")
	}
	if status, _ := v.columns.Get("status"); pyjson.Truthy(status) && status != records.StatusQueued {
		return refuse("status of a new image must be queued: the image API makes it another one with the data")
	}
	for _, name := range append(readOnly[1:len(readOnly):len(readOnly)], "created_at", "updated_at", "deleted_at") {
		if value, _ := v.columns.Get(name); value != nil {
			return refuse("%s is read-only", name)
		}
	}
	if deleted, _ := v.columns.Get("deleted"); pyjson.Truthy(deleted) {
		return refuse("deleted is read-only")
	}
	if visibility, _ := v.columns.Get("visibility"); isPublic(visibility) {
		return errPublicize()
	}
	return checkPropertyNames(nil, v.properties)
}

func isPublic(visibility any) bool {
	text, _ := visibility.(string)
	return strings.EqualFold(text, records.Public)
}

func errPublicize() error { return refuse("images are made public by admins only") }

// checkChange refuses a change of an image that its plain owner could not make.
// Values that are as they were do not matter: clients send them all.
func (s *Service) checkChange(c *access.Caller, image *records.Image, row records.Values, properties *pyjson.Object) error {
	if !s.Plain(c) {
		return nil
	}
	for _, a := range row {
		switch {
		case a.Column == "visibility":
			if a.Value != image.Visibility && isPublic(a.Value) {
				return errPublicize()
			}
		case a.Value == image.Column(a.Column):
		case slices.Contains(readOnly, a.Column):
			return refuse("%s is read-only", a.Column)
		case a.Column == "disk_format", a.Column == "container_format":
			if image.Status != records.StatusQueued && image.Status != records.StatusImporting {
				return refuse("%s can only be replaced for a queued image", a.Column)
			}
		}
	}
	return checkPropertyNames(image.Properties, properties)
}

// checkPropertyNames refuses properties that the image API has for its own, or
// that would be taken for attributes: cinder and nova follow a direct_url.
func checkPropertyNames(present []records.Property, properties *pyjson.Object) error {
	for _, name := range properties.Keys() {
		if !ReservedProperty(name) {
			continue
		}
		value, _ := properties.Get(name)
		same := func(p records.Property) bool { return p.Name == name && !p.Deleted && sameText(p.Value, value) }
		if !slices.ContainsFunc(present, same) {
			return refuse("property %s is reserved", name)
		}
	}
	return nil
}

var reservedProperties = []string{
	"checksum", "container_format", "created_at", "deleted", "deleted_at", "direct_url", "disk_format", "file", "id", "location",
	"locations", "min_disk", "min_ram", "name", "os_hash_algo", "os_hash_value", "os_hidden", "owner", "protected", "schema", "self",
	"size", "status", "stores", "tags", "updated_at", "virtual_size", "visibility",
}

// ReservedProperty reports whether the image API has a name of a property for its
// own. It takes no notice of case, as MySQL does not.
func ReservedProperty(name string) bool {
	name = strings.ToLower(strings.TrimRight(name, " "))
	return strings.HasPrefix(name, records.GlanceProperties) || slices.Contains(reservedProperties, name)
}

// checkDelete refuses the deletion of a protected image.
func (s *Service) checkDelete(c *access.Caller, image *records.Image) error {
	if s.Plain(c) && image.Protected {
		return refuse("image %s is protected and cannot be deleted", image.ID)
	}
	return nil
}

// memberStatuses are those that a member can give its membership.
var memberStatuses = []any{"pending", "accepted", "rejected"}

// checkMembership refuses what an image's owner could not do with somebody
// else's membership: give an answer in its place, or make it another's.
func (s *Service) checkMembership(c *access.Caller, row records.Row, set records.Values) error {
	if !s.Plain(c) || set == nil {
		return nil
	}
	status, want := row["status"], row["status"]
	if row.Bool("deleted") {
		want = "pending" // the member has to answer anew
	}
	for _, a := range set {
		switch a.Column {
		case "member", "image_id":
			if a.Value != row[a.Column] {
				return refuse("%s of a membership is read-only", a.Column)
			}
		case "status":
			status = a.Value
		}
	}
	if status != want {
		return refuse("status of a membership is changed by the member only")
	}
	return nil
}

// checkOwner refuses images in the name of others where the gateway is hardened.
func (s *Service) checkOwner(c *access.Caller, v *imageValues) error {
	owner, _ := v.columns.Get("owner")
	text, isText := owner.(string)
	if !s.Harden || c.Admin || text == c.Owner.V && (isText || owner == nil) {
		return nil
	}
	return records.Errorf(records.NotImageOwner, "You do not own this image")
}
