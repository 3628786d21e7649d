package imagesv1

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/internal/glanceapi"
	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
)

// fill gives a queued image its data: those in the request, or from elsewhere.
func (h *API) fill(q *request, i *records.Image, m *meta, src source) (*records.Image, error) {
	switch {
	case src.url != "":
		return h.fillFrom(q, i, src)
	case !hasBody(q.http):
		return i, nil
	}
	if err := checkHasFormats(i); err != nil {
		return nil, err
	}
	if !isOctetStream(q.http.Header) {
		h.kill(q, i)
		return nil, httperror.BadRequest("Content-Type must be " + octetStream)
	}
	switch {
	case readOnlyStore(m.store):
		h.kill(q, i)
		return nil, &httperror.Error{Status: http.StatusGone, Explanation: "Error in store configuration. Adding images to store is disabled."}
	case m.store != "":
		return nil, httperror.BadRequest("Store for scheme " + m.store + " not found")
	}
	return h.upload(q, i)
}

// checkHasFormats wants both formats, which images without data can lack.
func checkHasFormats(i *records.Image) error {
	switch {
	case !i.DiskFormat.Valid:
		return httperror.BadRequest("Disk format is not specified.")
	case !i.ContainerFormat.Valid:
		return httperror.BadRequest("Container format is not specified.")
	}
	return nil
}

// upload sends the data to glance-api (public-images-api-v1.md, 20). Whatever
// happens, the row ends active or killed, unless somebody else has changed it.
func (h *API) upload(q *request, i *records.Image) (*records.Image, error) {
	if err := h.clearExpectation(q, i); err != nil {
		return nil, err
	}
	ctx, done := h.Background.upload(q.http.Context())
	defer done()
	data := newCheckedData(q.http.Body, h.Quotas.Size, expectation{i.Size.V, i.Checksum})
	answer, err := h.Upstream.Upload(ctx, q.http.Header, i.ID, data, max(q.http.ContentLength, i.Size.V))
	switch {
	case answer.Status == http.StatusConflict:
		return nil, httperror.Conflict("Cannot upload to an unqueued image")
	case answer.Status == http.StatusGone && strings.Contains(answer.Message, takenAway):
		return nil, goneDuringUpload(i.ID)
	case answer.Status == http.StatusNoContent && data.why() == nil:
		return h.uploaded(q, i)
	case data.begun.Load():
		h.killUpload(q, i)
	default: // glance-api never had any
		h.kill(q, i)
	}
	if why := data.why(); why != nil {
		return nil, why
	}
	if err != nil {
		return nil, &httperror.Error{Status: http.StatusServiceUnavailable, Detail: "Failed to upload image " + i.ID, Err: err}
	}
	return nil, uploadPage(i.ID, answer)
}

// takenAway is what glance-api says where somebody has deleted the image, or uploads to
// it, too. Its other reasons for the same status are its own.
const takenAway = "could not be found after upload"

// uploaded reads an image that glance-api has made active.
func (h *API) uploaded(q *request, i *records.Image) (*records.Image, error) {
	ctx, cancel := h.afterwards(q)
	defer cancel()
	h.changedElsewhere(ctx, i.ID)
	after, err := h.Registry.Service.Image(ctx, q.caller, i.ID, false)
	if isKind(err, records.ImageNotFound) || err == nil && after.Deleted {
		return nil, goneDuringUpload(i.ID)
	}
	return after, err
}

func goneDuringUpload(id string) error {
	return &httperror.Error{Status: http.StatusPreconditionFailed, Explanation: "Image " + id + " could not be found after upload. " +
		"The image may have been deleted during the upload."}
}

// uploadPage is the page of an upload that glance-api refuses.
func uploadPage(id string, a glanceapi.Answer) error {
	switch a.Status {
	case http.StatusNotFound:
		return goneDuringUpload(id)
	case http.StatusGone:
		return &httperror.Error{Status: http.StatusGone, Explanation: a.Message}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusBadRequest, http.StatusUnsupportedMediaType:
		return upstreamPage(a)
	}
	return &httperror.Error{Status: http.StatusServiceUnavailable, Detail: "Failed to upload image " + id,
		Err: errors.New("glance-api answered " + http.StatusText(a.Status) + ": " + a.Message)}
}

// clearExpectation takes size and checksum out of the row. From Ussuri on
// glance-api compares them with the data and keeps data that differ: the size 0
// of every queued image would make the image unusable.
func (h *API) clearExpectation(q *request, i *records.Image) error {
	if !i.Size.Valid && !i.Checksum.Valid {
		return nil
	}
	values := pyjson.NewObject()
	values.Set("size", nil)
	values.Set("checksum", nil)
	_, err := h.Registry.Service.UpdateImage(q.ctx, q.caller, i.ID, values, registry.UpdateOptions{FromState: records.StatusQueued})
	if isKind(err, records.Conflict) {
		return httperror.Conflict("Cannot upload to an unqueued image")
	}
	return changePage(err)
}

// afterwards is a context for what has to be done even where the client has gone.
func (h *API) afterwards(q *request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(q.http.Context()), 2*killTimeout)
}

// columnOf is a column as the registry takes it.
func columnOf(i *records.Image, column string) any {
	value := i.Column(column)
	if n, ok := value.(int64); ok {
		return json.Number(strconv.FormatInt(n, 10))
	}
	return value
}
