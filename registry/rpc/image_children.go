package rpc

import (
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// imagePropertyCreate echoes the keys that it was given, not a whole row.
func imagePropertyCreate(c *call) (any, error) {
	values, err := c.object("values")
	if err != nil {
		return nil, err
	}
	row, err := c.service.CreateProperty(c.ctx, c.caller, values)
	if err != nil {
		return nil, err
	}
	var o object
	for _, key := range values.Keys() {
		switch key {
		case "created_at", "updated_at", "deleted_at", "deleted", "id":
		default:
			v, _ := values.Get(key)
			o = append(o, field{key, v})
		}
	}
	return append(o, rowObject(row, "id", "deleted", "created_at", "updated_at")...), nil
}

func imagePropertyDelete(c *call) (any, error) {
	name, err := asID(c.arg("prop_ref"))
	if err != nil {
		return nil, err
	}
	imageID, err := asID(c.arg("image_ref"))
	if err != nil {
		return nil, err
	}
	row, err := c.service.DeleteProperty(c.ctx, c.caller, imageID, name)
	if err != nil {
		return nil, err
	}
	return rowObject(row, "id", "image_id", "name", "value", "created_at", "updated_at", "deleted_at", "deleted"), nil
}

// memberColumns are the keys of a membership: all but deleted_at.
var memberColumns = []string{"id", "image_id", "member", "can_share", "status", "created_at", "updated_at", "deleted"}

func imageMemberCreate(c *call) (any, error) {
	values, err := c.object("values")
	if err != nil {
		return nil, err
	}
	row, err := c.service.CreateMember(c.ctx, c.caller, values)
	if err != nil {
		return nil, err
	}
	return rowObject(row, memberColumns...), nil
}

func imageMemberUpdate(c *call) (any, error) {
	values, err := c.object("values")
	if err != nil {
		return nil, err
	}
	row, err := c.service.UpdateMember(c.ctx, c.caller, c.arg("memb_id"), values)
	if err != nil {
		return nil, err
	}
	return rowObject(row, memberColumns...), nil
}

func imageMemberDelete(c *call) (any, error) {
	return nil, c.service.DeleteMemberRow(c.ctx, c.caller, c.arg("memb_id"))
}

func imageMemberFind(c *call) (any, error) {
	q := records.MembershipQuery{IncludeDeleted: c.flag("include_deleted")}
	for _, part := range []struct {
		name string
		to   *records.Null[string]
	}{{"image_id", &q.ImageID}, {"member", &q.Member}, {"status", &q.Status}} {
		var err error
		if *part.to, err = c.optionalText(part.name); err != nil {
			return nil, err
		}
	}
	members, err := c.service.FindMembers(c.ctx, c.caller, q)
	if err != nil {
		return nil, err
	}
	list := make([]object, len(members))
	for n, m := range members {
		list[n] = object{
			{"id", m.RowID}, {"image_id", m.ImageID}, {"member", m.Member}, {"can_share", m.CanShare}, {"status", m.Status},
			{"created_at", m.CreatedAt}, {"updated_at", m.UpdatedAt}, {"deleted", m.Deleted},
		}
	}
	return list, nil
}

func imageMemberCount(c *call) (any, error) {
	id := ""
	if truthy(c.arg("image_id")) {
		var err error
		if id, err = asID(c.arg("image_id")); err != nil {
			return nil, err
		}
	}
	return orError(c.service.CountMembers(c.ctx, c.caller, id))
}

func imageTagCreate(c *call) (any, error) {
	if err := c.checkFourByte(); err != nil {
		return nil, err
	}
	imageID, err := c.parentID("image_id")
	if err != nil {
		return nil, err
	}
	return orError(c.arg("value"), c.service.CreateTag(c.ctx, c.caller, imageID, c.arg("value")))
}

func imageTagDelete(c *call) (any, error) {
	imageID, err := c.id("image_id")
	if err != nil {
		return nil, err
	}
	return nil, c.service.DeleteTag(c.ctx, c.caller, imageID, c.arg("value"))
}

func imageTagGetAll(c *call) (any, error) {
	switch c.arg("image_id").(type) {
	case []any, *pyjson.Object: // it says nothing of images that there are not
		return nil, typeError("an id must be a text")
	}
	imageID, err := c.id("image_id")
	if err != nil {
		return nil, err
	}
	return orError(c.service.Tags(c.ctx, c.caller, imageID))
}

func imageTagSetAll(c *call) (any, error) {
	imageID, err := c.id("image_id")
	if err == nil {
		imageID, err = c.parentID("image_id")
	}
	if err != nil {
		return nil, err
	}
	tags, err := iterate(c.arg("tags"))
	if err != nil {
		return nil, err
	}
	return nil, c.service.SetTags(c.ctx, c.caller, imageID, tags)
}

func imageLocationAdd(c *call) (any, error) {
	imageID, location, err := c.imageAndLocation()
	if err == nil {
		imageID, err = c.parentID("image_id")
	}
	if err != nil {
		return nil, err
	}
	return nil, c.service.AddLocation(c.ctx, c.caller, imageID, location)
}

func imageLocationUpdate(c *call) (any, error) {
	imageID, location, err := c.imageAndLocation()
	if err != nil {
		return nil, err
	}
	return nil, c.service.UpdateLocation(c.ctx, c.caller, imageID, location)
}

func (c *call) imageAndLocation() (string, *pyjson.Object, error) {
	if err := c.checkFourByte(); err != nil {
		return "", nil, err
	}
	imageID, err := asID(c.arg("image_id"))
	if err != nil {
		return "", nil, err
	}
	location, err := c.object("location")
	return imageID, location, err
}

func imageLocationDelete(c *call) (any, error) {
	imageID, err := asID(c.arg("image_id"))
	if err != nil {
		return nil, err
	}
	return nil, c.service.DeleteLocation(c.ctx, c.caller, imageID, c.arg("location_id"), c.arg("status"), c.arg("delete_time"))
}
