package imagesv1

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
)

// update changes an image, uploads its data, or both (public-images-api-v1.md, 7).
func (h *API) update(q *request) error {
	m, err := readMeta(q.http.Header)
	if err != nil {
		return err
	}
	if err := h.checkWanted(q, m, "modify_image"); err != nil {
		return err
	}
	i, err := h.image(q)
	if err != nil {
		return err
	}
	src, err := h.checkUpdate(q, i, m)
	if err != nil {
		return err
	}
	purge := m.purges() && !hasBody(q.http)
	if err := h.propertyQuota(propertiesAfter(i, m, purge)); err != nil {
		return err
	}
	queued := i.Status == records.StatusQueued
	if i, err = h.change(q, m, purge); err != nil {
		return err
	}
	if queued {
		if i, err = h.fill(q, i, m, src); err != nil {
			return err
		}
	}
	return h.writeImage(q, i, http.StatusOK)
}

// checkUpdate refuses what an image does not allow, and returns where the data are.
func (h *API) checkUpdate(q *request, i *records.Image, m *meta) (source, error) {
	if err := checkChange(q, i, m); err != nil {
		return source{}, err
	}
	if err := checkHeld(q, i, m); err != nil {
		return source{}, err
	}
	if hasBody(q.http) && i.Status != records.StatusQueued {
		return source{}, httperror.Conflict("Cannot upload to an unqueued image")
	}
	src, err := h.sourceOf(q, m)
	if err == nil && src != (source{}) && i.Status != records.StatusQueued {
		err = httperror.BadRequest("Attempted to update Location field for an image not in queued status.")
	}
	return src, err
}

// checkChange refuses changes of what does not change.
func checkChange(q *request, i *records.Image, m *meta) error {
	if i.Deleted && i.Status == records.StatusDeleted {
		return httperror.Forbidden("Forbidden to update deleted image.")
	}
	if !q.caller.Admin && (i.Status == records.StatusActive || i.Status == records.StatusDeactivated) {
		for _, column := range []string{"size", "checksum"} {
			if differs(i, m, column) {
				return httperror.Forbidden("Forbidden to modify '" + column + "' of active image.")
			}
		}
	}
	for _, column := range []string{"status", "id"} {
		if differs(i, m, column) {
			return httperror.Forbidden("Forbidden to modify '" + column + "' of image.")
		}
	}
	return nil
}

// differs reports whether a value is given that is not what the image has.
func differs(i *records.Image, m *meta, column string) bool {
	value, given := m.values.Get(column)
	if !given {
		return false
	}
	have := i.Column(column)
	if n, ok := value.(json.Number); ok {
		return fmt.Sprint(have) != n.String()
	}
	return have != value
}

// propertiesAfter is how many properties an image will have.
func propertiesAfter(i *records.Image, m *meta, purge bool) int {
	if purge {
		return m.properties.Len()
	}
	names := liveProperties(i)
	for _, name := range m.properties.Keys() {
		names.Set(name, true)
	}
	return names.Len()
}

// change writes the metadata. What the image allows is asked once more, since the record
// that was looked at may be an older one out of a cache.
func (h *API) change(q *request, m *meta, purge bool) (*records.Image, error) {
	image := m.values.Clone()
	for _, column := range []string{"status", "id"} {
		image.Delete(column) // as they are
	}
	image.Set("properties", m.properties)
	i, err := h.Registry.UpdateImage(q.ctx, q.caller, q.route.id, image, registry.UpdateOptions{
		PurgeProps: purge, KeepOfGlance: true,
		Check: func(now *records.Image) error {
			_, err := h.checkUpdate(q, now, m)
			return err
		},
	})
	return i, changePage(err)
}

// changePage is the page of an error of an update.
func changePage(err error) error {
	var e *records.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case records.ImageNotFound, records.ImageNotVisible:
		return httperror.NotFound("Failed to find image to update: " + e.Message)
	case records.NotImageOwner, records.NotPublicImageOwner:
		return httperror.Forbidden("Forbidden to update image: " + e.Message)
	case records.Invalid, records.BadValue:
		return httperror.BadRequest("Failed to update image metadata. Got error: " + e.Message)
	}
	return err
}
