package imagesv1

import (
	"context"
	"net/http"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

const (
	// copyPause is how long to wait between two looks at a copy.
	copyPause = time.Second

	// copyPatience is how long a copy is watched.
	copyPatience = 24 * time.Hour
)

// watchCopy kills an image whose copy fails: glance-api makes it queued again,
// which old clients would wait for without an end.
func (h *API) watchCopy(q *request, i *records.Image) {
	header := q.http.Header.Clone()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.http.Context()), copyPatience)
	detached := *q
	detached.http = q.http.Clone(ctx)
	go func() {
		defer cancel()
		for {
			time.Sleep(copyPause)
			switch h.copyState(ctx, header, i.ID) {
			case copyDone:
				h.changedElsewhere(ctx, i.ID)
				return
			case copyFailed:
				h.kill(&detached, i)
				return
			}
			if ctx.Err() != nil {
				return
			}
		}
	}()
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
