package rpc

import (
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
)

func imageGetAll(c *call) (any, error) {
	r, err := c.listRequest()
	if err != nil {
		return nil, err
	}
	images, err := c.service.ListImages(c.ctx, c.caller, r)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(images))
	for n, i := range images {
		v := c.view(i, r.ShowDeleted)
		v.tags = c.flag("return_tag")
		list[n] = v
	}
	return list, nil
}

// listRequest reads the arguments of image_get_all, in the order in which the
// original found errors: filters, marker, sort (registry-v2-rpc.md, 6).
func (c *call) listRequest() (*registry.ListRequest, error) {
	f := &filters{}
	if err := f.read(c.arg("filters")); err != nil {
		return nil, err
	}
	r := &f.request
	r.Children = records.WithProperties | records.WithLocations
	if c.flag("return_tag") {
		r.Children |= records.WithTags
	}
	r.AsUser = c.flag("admin_as_user")
	if status := c.arg("member_status"); status != "all" {
		text, err := asID(status)
		if err != nil {
			return nil, err
		}
		r.MemberStatus = records.NullOf(text)
	}
	if public := c.arg("is_public"); public != nil {
		op := records.NotEqual
		if truthy(public) {
			op = records.Equal
		}
		r.Where = append(r.Where, records.Condition{Column: "visibility", Op: op, Values: []any{records.Public}})
	}
	if c.arg("marker") != nil {
		marker, err := c.id("marker")
		if err != nil {
			return nil, err
		}
		r.Marker = records.NullOf(marker)
	}
	if r.Late = c.sort(r); r.Late == nil {
		r.Limit, r.Late = c.limit()
	}
	if r.Late == nil {
		r.Late = f.late
	}
	return r, nil
}

// sort reads the lists sort_key and sort_dir. One direction goes for all keys.
func (c *call) sort(r *registry.ListRequest) error {
	keys, err := sortList(c.arg("sort_key"), "created_at")
	if err != nil {
		return err
	}
	directions, err := sortList(c.arg("sort_dir"), "desc")
	if err != nil {
		return err
	}
	r.TiesDescending = true
	if len(directions) == 1 {
		r.TiesDescending = directions[0] == "desc"
		for len(directions) < len(keys) {
			directions = append(directions, directions[0])
		}
	}
	if len(keys) != len(directions) {
		return builtinError{"AssertionError", ""}
	}
	for n, key := range keys {
		if directions[n] != "asc" && directions[n] != "desc" {
			return keyError(directions[n])
		}
		column, ok := records.ColumnOf(records.Images, key)
		if !ok {
			return records.Errorf(records.InvalidSortKey, "Sort key supplied was not valid.")
		}
		if r.Marker.Valid && (column.Kind == records.Visibility || column.Kind == records.Bool) {
			return keyError("enum")
		}
		r.Sort = append(r.Sort, records.SortKey{Column: key, Descending: directions[n] == "desc"})
	}
	return nil
}

func sortList(v any, missing string) ([]string, error) {
	if !truthy(v) {
		return []string{missing}, nil
	}
	if _, ok := v.([]any); !ok {
		return nil, attributeError("'" + pythonType(v) + "' object has no attribute 'append'")
	}
	return textList("sort", v)
}
