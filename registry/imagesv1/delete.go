package imagesv1

import (
	"context"
	"net/http"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
)

// delete lets glance-api delete an image, since that removes the data as well.
func (h *API) delete(q *request) error {
	if err := h.enforce(q, "delete_image"); err != nil {
		return err
	}
	i, err := h.image(q)
	if err != nil {
		return err
	}
	switch {
	case i.Protected:
		return httperror.Forbidden("Image is protected")
	case i.Status == records.StatusPendingDelete:
		return httperror.Forbidden("Forbidden to delete a pending_delete image.")
	case i.Deleted:
		return httperror.NotFound("Image " + q.route.id + " not found.")
	case !registry.Mutable(q.caller, i):
		return httperror.Forbidden("Forbidden to delete image: You do not own this image")
	}
	answer, err := h.Upstream.Delete(q.http.Context(), q.http.Header, i.ID)
	if err != nil {
		return unreachable(err)
	}
	switch answer.Status {
	case http.StatusNoContent:
	case http.StatusNotFound:
		return httperror.NotFound("Failed to find image to delete: " + answer.Message)
	case http.StatusConflict:
		return httperror.Conflict("Image " + i.ID + " could not be deleted because it is in use: " + answer.Message)
	default:
		return upstreamPage(answer)
	}
	ctx, cancel := h.afterwards(q)
	defer cancel()
	h.changedElsewhere(ctx, i.ID)
	q.w.Header()["Content-Type"] = []string{"text/html; charset=UTF-8"}
	q.w.Header()["Content-Length"] = []string{"0"}
	q.w.WriteHeader(http.StatusOK)
	return nil
}

// changedElsewhere makes caches forget an image that glance-api has changed: its
// client must see what it has done. The update matches no row.
func (h *API) changedElsewhere(ctx context.Context, id string) {
	_ = h.Registry.Service.Store.InTx(ctx, func(tx records.Tx) error {
		_, err := tx.Update(ctx, records.Images, records.Values{{Column: "id", Value: id}, {Column: "status", Value: ""}},
			records.Values{{Column: "status", Value: ""}})
		return err
	})
}
