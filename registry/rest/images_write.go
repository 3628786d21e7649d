package rest

import (
	"context"
	"errors"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// bodyImage is the key image of a body. The old service failed with a 500
// where it is missing or no object.
func (q *request) bodyImage() (*pyjson.Object, *pyjson.Object, error) {
	body, _ := q.body.(*pyjson.Object)
	image, _ := body.Get("image")
	o, ok := image.(*pyjson.Object)
	if !ok {
		return nil, nil, httperror.BadRequest(`The request body must be an object with a key "image" that is an object.`)
	}
	return body, o.Clone(), nil
}

// create answers 200, not 201 (registry-v1.md, 4.4).
func (h *API) create(q *request) error {
	_, image, err := q.bodyImage()
	if err != nil {
		return err
	}
	i, err := h.CreateImage(q.http.Context(), q.caller, image)
	if err != nil {
		return createPage(err)
	}
	return writeImage(q, i, view{service: h.Service, caller: q.caller})
}

// CreateImage makes an image of the keys of a request, which it may change. Its
// errors are pages or of type *records.Error.
func (h *API) CreateImage(ctx context.Context, c *access.Caller, image *pyjson.Object) (*records.Image, error) {
	if _, ok := image.Get("status"); !ok {
		image.Set("status", h.Service.NewStatus(c))
	}
	if _, ok := image.Get("owner"); !ok || !c.Admin {
		image.Set("owner", nil)
		if c.Owner.Valid {
			image.Set("owner", c.Owner.V)
		}
	}
	if err := checkNewID(image); err != nil {
		return nil, err
	}
	if deleted, _ := image.Get("deleted"); !c.Admin && pyjson.Truthy(deleted) {
		return nil, httperror.BadRequest("deleted must not be true: a deleted image can't be created")
	}
	if err := normalizeLocations(image); err != nil {
		return nil, err
	}
	return h.Service.CreateImage(ctx, c, image)
}

// checkNewID wants a UUID, in any spelling that fits the column. It is stored
// as it was given.
func checkNewID(image *pyjson.Object) error {
	id, _ := image.Get("id")
	if !pyjson.Truthy(id) {
		return nil
	}
	text, ok := id.(string)
	if !ok || !uuidLike(text) {
		return httperror.BadRequestExplained("Invalid image id format")
	}
	return nil
}

func createPage(err error) error {
	var e *records.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case records.Invalid:
		return httperror.BadRequest("Failed to add image metadata. Got error: " + e.Message)
	case records.Duplicate:
		return httperror.Conflict("Image with identifier " + e.ID + " already exists!")
	case records.ImageNotFound, records.ImageNotVisible:
		return httperror.BadRequest("The image was created, but can't be read by its creator.")
	}
	return err
}

// update changes what the body names (registry-v1.md, 4.5).
func (h *API) update(q *request) error {
	body, image, err := q.bodyImage()
	if err != nil {
		return err
	}
	wanted, _ := body.Get("from_state")
	options := registry.UpdateOptions{PurgeProps: q.http.Header.Get("X-Glance-Registry-Purge-Props") == "true"}
	if err := options.SetFromState(wanted); err != nil {
		return updatePage(err)
	}
	i, err := h.UpdateImage(q.http.Context(), q.caller, q.route.id, image, options)
	if err != nil {
		return updatePage(err)
	}
	return writeImage(q, i, view{service: h.Service, caller: q.caller})
}

// UpdateImage changes what the keys of a request name, which it may change. Its
// errors are pages or of type *records.Error.
func (h *API) UpdateImage(ctx context.Context, c *access.Caller, id string, image *pyjson.Object, o registry.UpdateOptions) (*records.Image, error) {
	if !c.Admin {
		image.Delete("owner")
	}
	if err := normalizeLocations(image); err != nil {
		return nil, err
	}
	return h.Service.UpdateImage(ctx, c, id, image, o)
}

// updatePage has two answers without a layout (registry-v1.md, 8.4).
func updatePage(err error) error {
	var e *records.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case records.ImageNotFound, records.ImageNotVisible, records.NotImageOwner:
		return &httperror.Error{Status: 404, Raw: "Image not found"}
	case records.Conflict:
		return &httperror.Error{Status: 409, Raw: "Image operation conflicts"}
	case records.Invalid:
		return httperror.BadRequest("Failed to update image metadata. Got error: " + e.Message)
	}
	return err
}

func (h *API) delete(q *request) error {
	i, err := h.Service.DeleteImage(q.http.Context(), q.caller, q.route.id)
	if err != nil {
		return err
	}
	return writeImage(q, i, view{service: h.Service, caller: q.caller, hidePublic: h.Service.Release >= compat.Ocata})
}
