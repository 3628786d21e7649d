package rest

import (
	"errors"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/httperror"
)

func (h *Handler) index(q *request) error { return h.list(q, 0, appendBrief) }

func (h *Handler) detail(q *request) error {
	return h.list(q, registry.WithProperties|registry.WithLocations, appendFull)
}

func (h *Handler) list(q *request, children registry.Children, encode imageEncoder) error {
	r, err := h.listRequest(q, children)
	if err != nil {
		return err
	}
	images, err := h.Service.ListImages(q.http.Context(), q.caller, r)
	if err != nil {
		return listPage(err)
	}
	return writeJSON(q, func(dst []byte) ([]byte, error) {
		dst = append(dst, `{"images": [`...)
		for n, i := range images {
			if n > 0 {
				dst = append(dst, ", "...)
			}
			if dst, err = encode(dst, i, view{service: h.Service, caller: q.caller, showDeleted: r.ShowDeleted}); err != nil {
				return dst, err
			}
		}
		return append(dst, "]}"...), nil
	})
}

// listPage is the page of an error of a list: an image that is not found there
// is the marker.
func listPage(err error) error {
	var e *registry.Error
	if errors.As(err, &e) && (e.Kind == registry.ImageNotFound || e.Kind == registry.ImageNotVisible) {
		return httperror.BadRequestExplained("Invalid marker. Image could not be found.")
	}
	return err
}

func (h *Handler) show(q *request) error {
	i, err := h.Service.Image(q.http.Context(), q.caller, q.route.id, false)
	if err != nil {
		return err
	}
	return writeImage(q, i, view{service: h.Service, caller: q.caller})
}
