package imagesv1

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
	"github.com/glancegate/glancegate/registry/rest"
)

// create makes an image (public-images-api-v1.md, 5). Where something fails behind
// the row, the row stays.
func (h *API) create(q *request) error {
	m, err := readMeta(q.http.Header)
	if err != nil {
		return err
	}
	if err := h.checkWanted(q, m, "add_image"); err != nil {
		return err
	}
	if err := checkHeld(q, nil, m); err != nil {
		return err
	}
	if err := h.propertyQuota(m.properties.Len()); err != nil {
		return err
	}
	src, err := h.sourceOf(q, m)
	if err != nil {
		return err
	}
	if m.store != "" && (!knownScheme(m.store) || hasBody(q.http) && !readOnlyStore(m.store)) {
		return httperror.BadRequest("Required store " + m.store + " is invalid")
	}
	i, err := h.reserve(q, m, src)
	if err != nil {
		return reservePage(err)
	}
	if i, err = h.fill(q, i, m, src); err != nil {
		return err
	}
	q.w.Header().Set("Location", baseURL(q.http)+"/v1/images/"+i.ID)
	return h.writeImage(q, i, http.StatusCreated)
}

// checkWanted refuses what policies or the size of the data forbid, in the order
// of the original.
func (h *API) checkWanted(q *request, m *meta, rule string) error {
	size := q.http.ContentLength
	if size <= 0 {
		size, _ = m.size()
	}
	if h.Quotas.Size >= 0 && size > h.Quotas.Size {
		return httperror.BadRequest(tooLarge(h.Quotas.Size))
	}
	rules := []string{rule}
	if public, _ := m.values.Get("is_public"); public == true {
		rules = append(rules, "publicize_image")
	}
	if m.copyFrom.given {
		rules = append(rules, "copy_from")
	}
	if m.location != "" {
		rules = append(rules, "set_image_location")
	}
	if m.copyFrom.given || hasBody(q.http) {
		rules = append(rules, "upload_image")
	}
	for _, rule := range rules {
		if err := h.enforce(q, rule); err != nil {
			return err
		}
	}
	return nil
}

func tooLarge(most int64) string {
	return fmt.Sprintf("Denying attempt to upload image larger than %d bytes.", most)
}

func (h *API) propertyQuota(wanted int) error {
	if most := h.Quotas.Properties; most >= 0 && wanted > most {
		return httperror.TooLarge(fmt.Sprintf("The limit has been exceeded on the number of allowed image properties. "+
			"Attempted: %d, Maximum: %d", wanted, most))
	}
	return nil
}

// reserve makes the row. An image of the size 0 is active at once: that is how
// images without data are registered.
func (h *API) reserve(q *request, m *meta, src source) (*records.Image, error) {
	image := m.values.Clone()
	for _, column := range []string{"status", "deleted"} {
		image.Delete(column)
	}
	for _, column := range []string{"created_at", "updated_at"} {
		if value, given := image.Get(column); given && value == nil {
			image.Delete(column)
		}
	}
	image.Set("properties", m.properties)
	image.Set("status", records.StatusQueued)
	size, given := m.size()
	if given && size == 0 && src == (source{}) && !hasBody(q.http) {
		image.Set("status", records.StatusActive)
	}
	if _, given := image.Get("size"); !given {
		image.Set("size", json.Number("0"))
	}
	return h.Registry.CreateImage(q.ctx, q.caller, image)
}

// reservePage is the page of an error of reserve.
func reservePage(err error) error {
	var page *httperror.Error
	if errors.As(err, &page) {
		return httperror.BadRequest("Failed to reserve image. Got error: " + page.Explanation + page.Detail)
	}
	var e *records.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case records.Duplicate:
		return httperror.Conflict("An image with identifier " + e.ID + " already exists")
	case records.Invalid, records.BadValue:
		return httperror.BadRequest("Failed to reserve image. Got error: " + e.Message)
	case records.NotImageOwner, records.NotPublicImageOwner:
		return httperror.Forbidden("Forbidden to reserve image.")
	}
	return err
}

// writeImage answers with an image as JSON.
func (h *API) writeImage(q *request, i *records.Image, status int) error {
	body := append([]byte(nil), `{"image": `...)
	body = append(rest.AppendMetadata(body, i), '}')
	header := q.w.Header()
	if i.Checksum.Valid {
		header["Etag"] = []string{i.Checksum.V}
	}
	header["Content-Type"] = []string{"application/json"}
	q.w.WriteHeader(status)
	_, _ = q.w.Write(body) // a client that has disconnected gets no error
	return nil
}

// baseURL is where the client reached the gateway.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// liveProperties are the names of the properties that an image has.
func liveProperties(i *records.Image) *pyjson.Object {
	names := pyjson.NewObject()
	for n := range i.Properties {
		if !i.Properties[n].Deleted {
			names.Set(i.Properties[n].Name, true)
		}
	}
	return names
}
