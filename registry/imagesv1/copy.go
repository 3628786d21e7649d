package imagesv1

import (
	"context"
	"net/http"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// copyPatience is how long a copy is watched.
const copyPatience = 24 * time.Hour

// watchCopy kills an image whose copy fails: glance-api makes it queued again,
// which old clients would wait for without an end.
func (h *API) watchCopy(q *request, i *records.Image) {
	detached := *q
	detached.http = q.http.Clone(context.WithoutCancel(q.http.Context()))
	h.behind(func(ended context.Context) {
		pause := later()
		for deadline := time.Now().Add(copyPatience); time.Now().Before(deadline); {
			goesOn := pause.Wait(ended)
			if h.lookAtCopy(&detached, i) || !goesOn {
				return
			}
		}
	})
}

// copyLook bounds one look at a copy.
const copyLook = LastAttempt

// lookAtCopy reports whether the copy is over.
func (h *API) lookAtCopy(q *request, i *records.Image) bool {
	ctx, cancel := context.WithTimeout(q.http.Context(), copyLook)
	defer cancel()
	switch h.copyState(ctx, q.http.Header, i.ID) {
	case copyDone:
		h.changedElsewhere(ctx, i.ID)
		return true
	case copyFailed:
		h.kill(q, i)
		return true
	}
	return false
}

// How far a copy is.
const (
	copyUnderWay = iota
	copyDone
	copyFailed
)

// copyState asks glance-api for the tasks of an image. If glance-api
// no longer answers, as after the token has expired, the copy is not watched any more.
func (h *API) copyState(ctx context.Context, header http.Header, id string) int {
	states, status, err := h.Upstream.TaskStates(ctx, header, id)
	switch {
	case err != nil || status >= http.StatusInternalServerError:
		return copyUnderWay
	case status != http.StatusOK:
		return copyDone
	}
	for _, state := range states {
		switch state {
		case "failure":
			return copyFailed
		case "success":
			return copyDone
		}
	}
	return copyUnderWay
}
