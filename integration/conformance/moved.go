package conformance

import (
	"slices"
	"strings"
)

// movedImage is an image that is not public, and whose rights are others where
// there is no visibility: a community image, or a private one with members.
type movedImage struct {
	owner   any
	members []any
}

// use makes the images of a dataset known.
func (s *schema) use(set *Dataset) {
	s.moved = map[string]*movedImage{}
	if !s.old {
		return
	}
	members := map[string][]any{}
	for _, m := range set.Tables["image_members"] {
		if m["deleted"] == false {
			id := m["image_id"].(string)
			members[id] = append(members[id], m["member"])
		}
	}
	for _, i := range set.Tables["images"] {
		id := i["id"].(string)
		if v := i["visibility"]; v == "community" || v == "private" && len(members[id]) > 0 {
			s.moved[id] = &movedImage{owner: i["owner"], members: members[id]}
		}
	}
}

// listable tells whether a caller may find an image in a list, by the rules of
// Mitaka and Newton (registry-v2-rpc.md, 6.2).
func (i *movedImage) listable(r Request) bool {
	owner := r.Headers["X-Project-Id"] + r.Headers["X-Tenant-Id"]
	if owner == "" || slices.Contains(strings.Split(strings.ToLower(r.Headers["X-Roles"]), ","), "admin") {
		return true
	}
	return i.owner == owner || slices.Contains(i.members, any(owner))
}

// withoutMoved takes the moved images out of the lists of an answer, of which the
// record tells nothing, as far as the caller may find them there.
func (s *schema) withoutMoved(r Request, v any) any {
	drop := func(list []any) []any {
		return slices.DeleteFunc(list, func(x any) bool {
			object, _ := x.(map[string]any)
			id, _ := object["id"].(string)
			i := s.moved[id]
			return i != nil && i.listable(r)
		})
	}
	switch v := v.(type) {
	case map[string]any:
		if list, ok := v["images"].([]any); ok {
			v["images"] = drop(list)
		}
	case []any:
		for n, result := range v {
			if list, ok := result.([]any); ok {
				v[n] = drop(list)
			}
		}
	}
	return v
}
