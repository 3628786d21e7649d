package imagesv1

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/glancegate/glancegate/internal/backoff"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
)

const (
	// killTimeout is how long glance-api has for noticing that an upload is over.
	killTimeout = 5 * time.Second

	// killAgain is for how long a database that can't be used is tried again, behind
	// the answer.
	killAgain = 15 * time.Minute

	// restoreTime is for how long glance-api can be busy with data that have ended.
	restoreTime = 5 * time.Minute

	// LastAttempt bounds what a job does when Background.EndJobs has been called.
	LastAttempt = 2 * time.Second

	// CutTimeout is enough for Background.CutUploads: for glance-api to notice that the
	// data have ended, and for the rows.
	CutTimeout = killTimeout + LastAttempt
)

// soon spaces looks at what takes moments, later those at what can take hours, rarely those
// at what hardly happens.
func soon() backoff.Backoff   { return backoff.Backoff{First: 100 * time.Millisecond, Max: time.Second} }
func later() backoff.Backoff  { return backoff.Backoff{First: time.Second, Max: 5 * time.Second} }
func rarely() backoff.Backoff { return backoff.Backoff{First: time.Second, Max: 30 * time.Second} }

// killing is an image that has to be killed: old clients wait for this status.
type killing struct {
	image *records.Image
	from  string // the status that it must have

	// uploading says that glance-api may have made the image saving for the upload that
	// has failed. It makes it queued again as soon as it sees that the data have ended;
	// where it does not, because it is down itself, that is not waited for any longer.
	uploading bool
	failed    time.Time // when the upload did

	// saving is when the image got that status, as it was first found with it; null: it
	// never was. Where it is another time later, somebody else uploads.
	saving records.Null[time.Time]

	// late says that the image may have been killed while it was saving.
	late bool
}

// kill ends an image that is queued.
func (h *API) kill(q *request, i *records.Image) {
	h.end(q, &killing{image: i, from: records.StatusQueued})
}

// killUpload ends an upload of which glance-api has had something.
func (h *API) killUpload(q *request, i *records.Image) {
	h.end(q, &killing{image: i, from: records.StatusQueued, uploading: true, failed: time.Now()})
}

// killActive ends an image whose data are not as they should be.
func (h *API) killActive(q *request, i *records.Image) {
	h.end(q, &killing{image: i, from: records.StatusActive})
}

func (h *API) end(q *request, k *killing) {
	ctx, cancel := h.afterwards(q)
	defer cancel()
	err := h.tryToKill(ctx, q, k, killTimeout)
	switch {
	case err != nil:
		if h.Report != nil {
			h.Report(q.http.WithContext(ctx), fmt.Errorf("image %s stays as it is for now: %w", k.image.ID, err))
		}
		if canPass(ctx, err) {
			h.behind(func(ended context.Context) { h.killLater(ended, q, k) })
		}
	case k.late:
		h.behind(func(ended context.Context) { h.killRestored(ended, q, k) })
	}
}

// canPass reports whether another attempt could succeed after an error.
func canPass(ctx context.Context, err error) bool {
	return ctx.Err() != nil || isKind(err, records.Unavailable)
}

// killLater tries until it is done. When the gateway ends, it tries once more: what
// glance-api has made of the row then stays.
func (h *API) killLater(ended context.Context, q *request, k *killing) {
	pause := later()
	for deadline := time.Now().Add(killAgain); time.Now().Before(deadline); {
		goesOn := pause.Wait(ended)
		patience, limit := killTimeout, 2*killTimeout
		if !goesOn {
			patience, limit = 0, LastAttempt
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(q.http.Context()), limit)
		err := h.tryToKill(ctx, q, k, patience)
		again := err != nil && canPass(ctx, err)
		cancel()
		if !again || !goesOn {
			break
		}
	}
	if k.late {
		h.killRestored(ended, q, k)
	}
}

// killRestored kills an image again that was killed while glance-api was busy with its
// data: once it sees that they have ended, it makes the image queued, whatever it is.
func (h *API) killRestored(ended context.Context, q *request, k *killing) {
	pause := rarely()
	for deadline := time.Now().Add(restoreTime); time.Now().Before(deadline); {
		goesOn := pause.Wait(ended)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(q.http.Context()), LastAttempt)
		err := h.killOnce(ctx, q, k.image, records.StatusQueued, nil)
		again := isKind(err, records.Conflict) || err != nil && canPass(ctx, err)
		cancel()
		if !again || !goesOn {
			return
		}
	}
}

// errNotOurs says that an image is saving for the upload of somebody else.
var errNotOurs = errors.New("the image is saving for another upload")

// tryToKill returns an error where it has not been done. That somebody else has
// finished, deleted or taken the image is none. glance-api has the time patience for
// making the image queued.
func (h *API) tryToKill(ctx context.Context, q *request, k *killing, patience time.Duration) error {
	pause, from := soon(), k.from
	for deadline := time.Now().Add(patience); ; {
		k.late = k.late || from == records.StatusSaving
		err := h.killOnce(ctx, q, k.image, from, k.ours)
		switch {
		case err == nil, isKind(err, records.ImageNotFound, records.ImageNotVisible), errors.Is(err, errNotOurs):
			return nil
		case !isKind(err, records.Conflict):
			return err
		case from != records.StatusQueued:
			return nil // it has another status
		case time.Now().Before(deadline):
			if !pause.Wait(ctx) {
				return ctx.Err()
			}
		case !k.saving.Valid:
			return nil
		default:
			from = records.StatusSaving
		}
	}
}

// clockSlack is by how much the clocks of glance-api and the gateway may differ.
const clockSlack = 2 * time.Second

// ours returns errNotOurs for an image that is saving for another upload.
func (k *killing) ours(i *records.Image) error {
	switch {
	case i.Status != records.StatusSaving:
		return nil
	case !k.uploading,
		k.saving.Valid && !k.saving.V.Equal(i.UpdatedAt.V),
		!k.saving.Valid && i.UpdatedAt.V.After(k.failed.Add(clockSlack)):
		return errNotOurs
	}
	k.saving = i.UpdatedAt
	return nil
}

// killOnce makes the row killed if it has the status for that, and check permits it.
func (h *API) killOnce(ctx context.Context, q *request, i *records.Image, from string, check func(*records.Image) error) error {
	values := pyjson.NewObject()
	values.Set("status", records.StatusKilled)
	values.Set("size", columnOf(i, "size"))
	values.Set("checksum", columnOf(i, "checksum"))
	_, err := h.Registry.Service.UpdateImage(ctx, q.caller, i.ID, values, registry.UpdateOptions{FromState: from, Check: check})
	return err
}
