package imagesv1

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/glancegate/glancegate/internal/backoff"
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
	if why := data.why(); why != nil {
		h.kill(q, i)
		return nil, why
	}
	switch {
	case err != nil:
		h.kill(q, i)
		page := &httperror.Error{Status: http.StatusServiceUnavailable, Detail: "Failed to upload image " + i.ID, Err: err}
		return nil, page
	case answer.Status == http.StatusNoContent:
		return h.uploaded(q, i)
	case answer.Status == http.StatusConflict:
		return nil, httperror.Conflict("Cannot upload to an unqueued image")
	}
	h.kill(q, i)
	return nil, uploadPage(i.ID, answer)
}

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
	case http.StatusNotFound, http.StatusGone:
		return goneDuringUpload(id)
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

const (
	// killTimeout is how long glance-api has for noticing that an upload is over.
	killTimeout = 5 * time.Second

	// killAgain is for how long a database that can't be used is tried again, behind
	// the answer.
	killAgain = 15 * time.Minute

	// LastAttempt bounds what a job does when Background.EndJobs has been called.
	LastAttempt = 2 * time.Second

	// CutTimeout is enough for Background.CutUploads: for glance-api to notice that the
	// data have ended, and for the rows.
	CutTimeout = killTimeout + LastAttempt
)

// soon spaces looks at what takes moments, later those at what can take hours.
func soon() backoff.Backoff  { return backoff.Backoff{First: 100 * time.Millisecond, Max: time.Second} }
func later() backoff.Backoff { return backoff.Backoff{First: time.Second, Max: 5 * time.Second} }

// afterwards is a context for what has to be done even where the client has gone.
func (h *API) afterwards(q *request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(q.http.Context()), 2*killTimeout)
}

// kill ends an upload that has failed: old clients wait for this status. glance-api
// makes the image queued again as soon as it sees that the data have ended; where
// it does not, because it is down itself, its status is not waited for any longer.
func (h *API) kill(q *request, i *records.Image) { h.killFrom(q, i, records.StatusQueued) }

// killFrom is kill where the image has another status.
func (h *API) killFrom(q *request, i *records.Image, from string) {
	ctx, cancel := h.afterwards(q)
	defer cancel()
	err := h.tryToKill(ctx, q, i, from, killTimeout)
	if err == nil {
		return
	}
	if h.Report != nil {
		h.Report(q.http.WithContext(ctx), fmt.Errorf("image %s stays as it is for now: %w", i.ID, err))
	}
	if !canPass(ctx, err) {
		return
	}
	h.behind(func(ended context.Context) { h.killLater(ended, q, i, from) })
}

// canPass reports whether another attempt could succeed after an error.
func canPass(ctx context.Context, err error) bool {
	return ctx.Err() != nil || isKind(err, records.Unavailable)
}

// killLater tries until it is done. When the gateway ends, it tries once more: what
// glance-api has made of the row then stays.
func (h *API) killLater(ended context.Context, q *request, i *records.Image, from string) {
	pause := later()
	for deadline := time.Now().Add(killAgain); time.Now().Before(deadline); {
		goesOn := pause.Wait(ended)
		patience, limit := killTimeout, 2*killTimeout
		if !goesOn {
			patience, limit = 0, LastAttempt
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(q.http.Context()), limit)
		err := h.tryToKill(ctx, q, i, from, patience)
		again := err != nil && canPass(ctx, err)
		cancel()
		if !again || !goesOn {
			return
		}
	}
}

// tryToKill returns an error where it has not been done. That somebody else has
// finished or deleted the image is none. glance-api has the time patience for making
// the image queued.
func (h *API) tryToKill(ctx context.Context, q *request, i *records.Image, from string, patience time.Duration) error {
	values := pyjson.NewObject()
	values.Set("status", records.StatusKilled)
	values.Set("size", columnOf(i, "size"))
	values.Set("checksum", columnOf(i, "checksum"))
	pause := soon()
	for deadline := time.Now().Add(patience); ; {
		_, err := h.Registry.Service.UpdateImage(ctx, q.caller, i.ID, values, registry.UpdateOptions{FromState: from})
		switch {
		case err == nil, isKind(err, records.ImageNotFound, records.ImageNotVisible):
			return nil
		case !isKind(err, records.Conflict):
			return err
		case from == records.StatusSaving:
			return nil // it is neither queued nor saving
		case !time.Now().Before(deadline):
			from = records.StatusSaving
		case !pause.Wait(ctx):
			return ctx.Err()
		}
	}
}

// columnOf is a column as the registry takes it.
func columnOf(i *records.Image, column string) any {
	value := i.Column(column)
	if n, ok := value.(int64); ok {
		return json.Number(strconv.FormatInt(n, 10))
	}
	return value
}
