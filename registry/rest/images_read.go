package rest

import (
	"errors"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/internal/answer"
	"github.com/glancegate/glancegate/registry/records"
)

func (h *API) index(q *request) error { return h.list(q, 0, appendBrief) }

func (h *API) detail(q *request) error {
	return h.list(q, records.WithProperties|records.WithLocations, appendFull)
}

func (h *API) list(q *request, children records.Children, encode imageEncoder) error {
	r, err := h.ListRequest(q.http.URL.RawQuery, q.caller, children)
	if err != nil {
		return err
	}
	images, err := h.Service.ListImages(q.http.Context(), q.caller, r)
	if err != nil {
		return listPage(err)
	}
	t := answer.Begin(q.w, q.http)
	if err := writeImages(t, images, view{service: h.Service, caller: q.caller, showDeleted: r.ShowDeleted}, encode); err != nil {
		t.Drop()
		return err
	}
	t.End()
	return nil
}

func writeImages(t *answer.Text, images []*records.Image, v view, encode imageEncoder) (err error) {
	t.Tail = append(t.Tail, `{"images": [`...)
	for n, i := range images {
		if n > 0 {
			t.Tail = append(t.Tail, ", "...)
		}
		if t.Tail, err = encode(t.Tail, i, v); err != nil {
			return err
		}
		if err := t.Room(); err != nil {
			return err
		}
	}
	t.Tail = append(t.Tail, "]}"...)
	return nil
}

// listPage is the page of an error of a list: an image that is not found there
// is the marker.
func listPage(err error) error {
	var e *records.Error
	if errors.As(err, &e) && (e.Kind == records.ImageNotFound || e.Kind == records.ImageNotVisible) {
		return httperror.BadRequestExplained("Invalid marker. Image could not be found.")
	}
	return err
}

func (h *API) show(q *request) error {
	i, err := h.Service.Image(q.http.Context(), q.caller, q.route.id, false)
	if err != nil {
		return err
	}
	return writeImage(q, i, view{service: h.Service, caller: q.caller})
}
