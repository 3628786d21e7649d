package rpc

import (
	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

func (c *call) view(i *records.Image, showDeleted bool) imageView {
	return imageView{image: i, service: c.service, caller: c.caller, showDeleted: showDeleted, v1: c.flag("v1_mode"), isPublic: c.service.Release < compat.Ocata}
}

func imageCreate(c *call) (any, error) {
	values, err := c.object("values")
	if err != nil {
		return nil, err
	}
	i, err := c.service.CreateImage(c.ctx, c.caller, values)
	if err != nil {
		return nil, err
	}
	return c.view(i, false), nil
}

func imageUpdate(c *call) (any, error) {
	values, err := c.object("values")
	if err != nil {
		return nil, err
	}
	id, err := c.id("image_id")
	if err != nil {
		return nil, err
	}
	if !truthy(c.arg("image_id")) {
		// Without an id the original took the way of a create.
		return nil, records.Errorf(records.Invalid, "Image status is required.")
	}
	if err := coerce.CheckFourByte(values); err != nil {
		return nil, err
	}
	if err := coerce.CheckFourByteParam(id); err != nil {
		return nil, err
	}
	options := registry.UpdateOptions{PurgeProps: c.flag("purge_props")}
	if err := options.SetFromState(c.arg("from_state")); err != nil {
		return nil, err
	}
	i, err := c.service.UpdateImage(c.ctx, c.caller, id, values, options)
	if err != nil {
		return nil, err
	}
	return c.view(i, false), nil
}

func imageDestroy(c *call) (any, error) {
	id, err := c.id("image_id")
	if err != nil {
		return nil, err
	}
	i, err := c.service.DeleteImage(c.ctx, c.caller, id)
	if err != nil {
		return nil, err
	}
	return c.view(i, false), nil
}

func imageRestore(c *call) (any, error) {
	id, err := c.id("image_id")
	if err != nil {
		return nil, err
	}
	return nil, c.service.RestoreImage(c.ctx, c.caller, id)
}

func imageGet(c *call) (any, error) {
	id, err := c.id("image_id")
	if err != nil {
		return nil, err
	}
	showDeleted := c.flag("force_show_deleted")
	i, err := c.service.Image(c.ctx, c.caller, id, showDeleted)
	if err != nil {
		return nil, err
	}
	return c.view(i, showDeleted), nil
}

// isImageVisible judges an image that the client describes; memberships are
// those of the database.
func isImageVisible(c *call) (any, error) {
	if c.caller.Admin {
		return true, nil
	}
	i, err := c.described("owner", "visibility")
	if err != nil {
		return nil, err
	}
	status, err := c.optionalText("status")
	if err != nil {
		return nil, err
	}
	if registry.Visible(c.caller, i, "") || i.Visibility != records.Shared || !c.caller.Owner.Valid {
		return registry.Visible(c.caller, i, ""), nil
	}
	if i.ID, err = c.describedID(); err != nil {
		return nil, err
	}
	i.Members, err = c.service.FindMembers(c.ctx, c.caller, records.MembershipQuery{
		ImageID: records.NullOf(i.ID), Member: c.caller.Owner, Status: status,
	})
	return len(i.Members) > 0, err
}

func isImageMutable(c *call) (any, error) {
	if c.caller.Admin {
		return true, nil
	}
	i, err := c.described("owner")
	if err != nil {
		return nil, err
	}
	return registry.Mutable(c.caller, i), nil
}

// described is the argument image with the keys that a rule needs. An image
// without an owner is judged before its visibility is looked at.
func (c *call) described(keys ...string) (*records.Image, error) {
	o, ok := c.arg("image").(*pyjson.Object)
	if !ok {
		return nil, typeError("image must be an object, not " + pythonType(c.arg("image")))
	}
	i := &records.Image{}
	for _, key := range keys {
		v, given := o.Get(key)
		if !given {
			return nil, keyError(key)
		}
		text, isText := v.(string)
		if key == "visibility" {
			i.Visibility = text
			continue
		}
		i.Owner = records.Null[string]{V: text, Valid: v != nil}
		if !isText && v != nil {
			i.Owner.V = string(pyjson.Append(nil, v))
		}
		if v == nil {
			return i, nil
		}
	}
	return i, nil
}

func (c *call) describedID() (string, error) {
	o, _ := c.arg("image").(*pyjson.Object)
	id, given := o.Get("id")
	if !given {
		return "", keyError("id")
	}
	return asID(id)
}

func userGetStorageUsage(c *call) (any, error) {
	owner, err := c.optionalText("owner_id")
	if err != nil {
		return nil, err
	}
	except, err := c.optionalText("image_id")
	if err != nil {
		return nil, err
	}
	return orError(c.service.StorageUsage(c.ctx, c.caller, owner, except.V))
}

// orError makes a result of a value and an error.
func orError[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}
