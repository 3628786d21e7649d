package imagesv1

import (
	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
)

// checkHeld refuses what the image API v2 would not let a caller do who is held to
// that: reserved properties, which nova and cinder would follow, and other formats
// of data that were looked at when they came. There is no image for a new one.
func checkHeld(q *request, i *records.Image, m *meta) error {
	if !q.held {
		return nil
	}
	for _, name := range m.properties.Keys() {
		if registry.ReservedProperty(name) {
			return httperror.Forbidden("Property '" + name + "' is protected")
		}
	}
	if i == nil || i.Status == records.StatusQueued {
		return nil
	}
	for _, column := range []string{"disk_format", "container_format"} {
		if differs(i, m, column) {
			return httperror.Forbidden("Forbidden to modify '" + column + "' of active image.")
		}
	}
	return nil
}
