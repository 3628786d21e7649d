package imagesv1

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/internal/coerce"
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
	if err != nil {
		i = nil
	}
	if refused := h.enforceOn(q, TargetedRule, i); refused != nil {
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

// fieldWriter sets header fields of a response, each to one value. The values are side by
// side: an answer has two dozen.
type fieldWriter struct {
	header http.Header
	values []string
}

// fieldsOfImage is how many fields an image has besides its properties.
const fieldsOfImage = 18

func (f *fieldWriter) set(name, value string) {
	f.values = append(f.values, value)
	last := len(f.values)
	f.header[name] = f.values[last-1 : last : last]
}

func (f *fieldWriter) text(name string, v records.Null[string]) {
	if v.Valid {
		f.set(name, v.V)
	}
}

func (f *fieldWriter) number(name string, v records.Null[int64]) {
	if v.Valid {
		f.set(name, strconv.FormatInt(v.V, 10))
	}
}

func (f *fieldWriter) stamp(name string, v records.Null[time.Time]) {
	if v.Valid {
		f.set(name, v.V.Format(coerce.TimeLayout))
	}
}

// writeFields sets the header fields of an image (public-images-api-v1.md, 3).
// Their names keep underscores, which clients take literally.
func (h *API) writeFields(q *request, i *records.Image) {
	const meta = "X-Image-Meta-"
	f := fieldWriter{q.w.Header(), make([]string, 0, fieldsOfImage+len(i.Properties))}
	f.set(meta+"Id", i.ID)
	f.text(meta+"Name", i.Name)
	f.set(meta+"Status", i.Status)
	f.number(meta+"Size", i.Size)
	f.number(meta+"Virtual_size", i.VirtualSize)
	f.text(meta+"Disk_format", i.DiskFormat)
	f.text(meta+"Container_format", i.ContainerFormat)
	f.text(meta+"Checksum", i.Checksum)
	f.text(meta+"Owner", i.Owner)
	f.set(meta+"Is_public", boolText(i.Visibility == records.Public))
	f.set(meta+"Protected", boolText(i.Protected))
	f.number(meta+"Min_ram", records.NullOf(i.MinRAM))
	f.number(meta+"Min_disk", records.NullOf(i.MinDisk))
	f.stamp(meta+"Created_at", records.NullOf(i.CreatedAt))
	f.stamp(meta+"Updated_at", i.UpdatedAt)
	f.stamp(meta+"Deleted_at", i.DeletedAt)
	f.set(meta+"Deleted", boolText(i.Deleted))
	f.text("Etag", i.Checksum)
	for n := range i.Properties {
		p := &i.Properties[n]
		name := meta + "Property-" + strings.ToLower(p.Name)
		// No header can have some names.
		if !p.Deleted && !p.OfGlance() && httpguts.ValidHeaderFieldName(name) {
			f.text(name, p.Value)
		}
	}
}

// boolText is a boolean as Python writes it.
func boolText(b bool) string {
	if b {
		return "True"
	}
	return "False"
}
