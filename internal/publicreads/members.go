package publicreads

import (
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// members reports whether an answer shows the memberships of an image that a
// caller may see: its owner and admins all, others their own.
func members(value any, i *records.Image, c *access.Caller) bool {
	body, ok := value.(*pyjson.Object)
	if !ok || i.Deleted || i.Visibility != records.Shared || body.Len() != 2 {
		return false
	}
	list, _ := body.Get("members")
	shown, isList := list.([]any)
	if schema, _ := body.Get("schema"); !isList || schema != "/v2/schemas/members" {
		return false
	}
	want := map[string]records.Member{}
	for _, m := range i.Members {
		if !m.Deleted && (c.Admin || c.Owns(i.Owner) || c.Owner.Valid && m.Member == c.Owner.V) {
			want[m.Member] = m
		}
	}
	if len(shown) != len(want) {
		return false
	}
	for _, item := range shown {
		o, _ := item.(*pyjson.Object)
		id, _ := o.Get("member_id")
		name, _ := id.(string)
		m, expected := want[name]
		if !expected || !sameMember(o, &m) {
			return false
		}
		delete(want, name)
	}
	return true
}

// member is members for the answer about one of them.
func member(value any, i *records.Image, c *access.Caller, id string) bool {
	body, ok := value.(*pyjson.Object)
	if !ok || i.Deleted || i.Visibility != records.Shared {
		return false
	}
	m, live := i.LiveMember(id, "")
	return live && (c.Admin || c.Owns(i.Owner) || c.Owner.Valid && id == c.Owner.V) && sameMember(body, &m)
}

func sameMember(body *pyjson.Object, m *records.Member) bool {
	want := map[string]any{
		"member_id": m.Member, "image_id": m.ImageID, "status": m.Status, "schema": "/v2/schemas/member",
		"created_at": seconds(m.CreatedAt), "updated_at": seconds(m.UpdatedAt.V),
	}
	if body.Len() != len(want) || !m.UpdatedAt.Valid {
		return false
	}
	for name, value := range want {
		if got, _ := body.Get(name); got != value {
			return false
		}
	}
	return true
}
