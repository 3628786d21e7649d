package imagesv1

import (
	"strconv"
	"time"

	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// targetField is a field of an image as a rule of the policy sees it: a field of the
// registry's record as Python writes it, or a property. A property that has the name of
// a field is not seen.
func targetField(i *records.Image, name string) (value string, known bool) {
	switch name {
	case "is_public":
		return boolText(i.Visibility == records.Public), true
	case "protected":
		return boolText(i.Protected), true
	case "deleted":
		return boolText(i.Deleted), true
	case "id", "name", "status", "size", "virtual_size", "disk_format", "container_format", "checksum", "owner", "min_disk", "min_ram",
		"created_at", "updated_at":
		return pythonText(i.Column(name)), true
	case "deleted_at":
		if !i.DeletedAt.Valid {
			return pythonText(nil), true
		}
		return pythonText(i.DeletedAt.V), true
	case "location", "location_data", "properties":
		return "", false
	}
	for n := range i.Properties {
		p := &i.Properties[n]
		if p.Name != name || p.Deleted {
			continue
		}
		if !p.Value.Valid {
			return pythonText(nil), true
		}
		return p.Value.V, true
	}
	return "", false
}

// pythonText is a value of a column as Python writes it.
func pythonText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return v.Format(coerce.TimeLayout)
	}
	return "None"
}
