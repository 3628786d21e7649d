package imagesv1

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/records"
)

// head answers with the metadata of an image, in header fields.
func (h *API) head(q *request) error {
	if err := h.enforce(q, "get_image"); err != nil {
		return err
	}
	i, err := h.image(q)
	if err != nil {
		return err
	}
	h.writeFields(q, i)
	q.w.Header()["Content-Type"] = []string{"text/html; charset=UTF-8"}
	q.w.Header()["Content-Length"] = []string{"0"}
	q.w.WriteHeader(http.StatusOK)
	return nil
}

// get answers with the data of an image, and its metadata in header fields.
func (h *API) get(q *request) error {
	if err := h.enforce(q, "get_image"); err != nil {
		return err
	}
	i, err := h.image(q)
	if refused := h.enforce(q, "download_image"); refused != nil {
		return refused // also where the image is not found
	}
	if err != nil {
		return err
	}
	switch i.Status {
	case records.StatusActive:
	case records.StatusDeactivated:
		return httperror.Forbidden("Image " + i.ID + " is deactivated")
	default:
		return httperror.NotFound("Image " + i.ID + " is not active")
	}
	return h.download(q, i)
}

// writeFields sets the header fields of an image (public-images-api-v1.md, 3).
// Their names keep underscores, which clients take literally.
func (h *API) writeFields(q *request, i *records.Image) {
	header := q.w.Header()
	set := func(name, value string) { header["X-Image-Meta-"+name] = []string{value} }
	text := func(name string, v records.Null[string]) {
		if v.Valid {
			set(name, v.V)
		}
	}
	number := func(name string, v records.Null[int64]) {
		if v.Valid {
			set(name, strconv.FormatInt(v.V, 10))
		}
	}
	stamp := func(name string, v records.Null[time.Time]) {
		if v.Valid {
			set(name, v.V.Format("2006-01-02T15:04:05.000000"))
		}
	}
	set("Id", i.ID)
	text("Name", i.Name)
	set("Status", i.Status)
	number("Size", i.Size)
	number("Virtual_size", i.VirtualSize)
	text("Disk_format", i.DiskFormat)
	text("Container_format", i.ContainerFormat)
	text("Checksum", i.Checksum)
	text("Owner", i.Owner)
	set("Is_public", boolText(i.Visibility == records.Public))
	set("Protected", boolText(i.Protected))
	set("Min_ram", strconv.FormatInt(i.MinRAM, 10))
	set("Min_disk", strconv.FormatInt(i.MinDisk, 10))
	stamp("Created_at", records.NullOf(i.CreatedAt))
	stamp("Updated_at", i.UpdatedAt)
	stamp("Deleted_at", i.DeletedAt)
	set("Deleted", boolText(i.Deleted))
	h.writeProperties(q, i)
	if i.Checksum.Valid {
		header["Etag"] = []string{i.Checksum.V}
	}
}

// writeProperties leaves out names that no header can have.
func (h *API) writeProperties(q *request, i *records.Image) {
	for n := range i.Properties {
		p := &i.Properties[n]
		name := "X-Image-Meta-Property-" + strings.ToLower(p.Name)
		if p.Deleted || !p.Value.Valid || p.OfGlance() || !httpguts.ValidHeaderFieldName(name) {
			continue
		}
		q.w.Header()[name] = []string{p.Value.V}
	}
}

// boolText is a boolean as Python writes it.
func boolText(b bool) string {
	if b {
		return "True"
	}
	return "False"
}
