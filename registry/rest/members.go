package rest

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/internal/answer"
	"github.com/glancegate/glancegate/registry/records"
)

func (h *API) members(q *request) error {
	members, err := h.Service.Members(q.http.Context(), q.caller, q.route.id)
	if err != nil {
		return q.memberPage(err)
	}
	return WriteMembers(q.w, q.http, members)
}

// WriteMembers answers with the memberships of an image.
func WriteMembers(w http.ResponseWriter, r *http.Request, members []records.Member) error {
	return writeMemberships(w, r, "members", "member_id", members, func(m records.Member) string { return m.Member })
}

func (h *API) sharedImages(q *request) error {
	members, err := h.Service.SharedImages(q.http.Context(), q.caller, q.route.member)
	if err != nil {
		return err
	}
	return WriteSharedImages(q.w, q.http, members)
}

// WriteSharedImages answers with the memberships of a project.
func WriteSharedImages(w http.ResponseWriter, r *http.Request, members []records.Member) error {
	return writeMemberships(w, r, "shared_images", "image_id", members, func(m records.Member) string { return m.ImageID })
}

func writeMemberships(w http.ResponseWriter, r *http.Request, list, key string, members []records.Member, id func(records.Member) string) error {
	return answer.JSON(w, r, func(dst []byte) ([]byte, error) {
		dst = append(dst, `{"`+list+`": [`...)
		for n, m := range members {
			if n > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(dst, `{"`+key+`": `...)
			dst = pyjson.AppendString(dst, id(m))
			dst = append(dst, `, "can_share": `...)
			dst = strconv.AppendBool(dst, m.CanShare)
			dst = append(dst, '}')
		}
		return append(dst, "]}"...), nil
	})
}

// memberNotAllowed answers the two routes that exist only to be refused.
func (h *API) memberNotAllowed(q *request) error {
	return httperror.MethodNotAllowed(q.http.Method, "PUT, DELETE")
}

func (h *API) updateMember(q *request) error {
	err := h.Service.SetMember(q.http.Context(), q.caller, q.route.id, func() (registry.MemberChange, error) {
		canShare, err := q.memberCanShare()
		return registry.MemberChange{Member: q.route.member, CanShare: canShare}, err
	})
	return q.noContent(err)
}

// memberCanShare reads {"member": {"can_share": ...}}; an absent or empty body
// says nothing.
func (q *request) memberCanShare() (records.Null[bool], error) {
	if !pyjson.Truthy(q.body) {
		return records.Null[bool]{}, nil
	}
	body, ok := q.body.(*pyjson.Object)
	if !ok {
		return records.Null[bool]{}, invalidMembership("the body must be an object")
	}
	raw, ok := body.Get("member")
	if !ok {
		return records.Null[bool]{}, invalidMembership("'member'")
	}
	member, ok := raw.(*pyjson.Object)
	if !ok {
		return records.Null[bool]{}, invalidMembership("member must be an object")
	}
	canShare, ok := member.Get("can_share")
	if !ok {
		return records.Null[bool]{}, invalidMembership("'can_share'")
	}
	return records.NullOf(pyjson.Truthy(canShare)), nil
}

func (h *API) replaceMembers(q *request) error {
	wanted := func() ([]registry.MemberChange, error) { return Memberships(q.body) }
	return q.noContent(h.Service.ReplaceMembers(q.http.Context(), q.caller, q.route.id, wanted))
}

// Memberships reads {"memberships": [{"member_id": ..., "can_share": ...}]}. Its
// errors are pages or of type *records.Error.
func Memberships(given any) ([]registry.MemberChange, error) {
	body, ok := given.(*pyjson.Object)
	if !ok {
		return nil, invalidMembership("the body must be an object")
	}
	raw, ok := body.Get("memberships")
	if !ok {
		return nil, invalidMembership("'memberships'")
	}
	list, ok := raw.([]any)
	if !ok {
		if o, isObject := raw.(*pyjson.Object); raw == "" || isObject && o.Len() == 0 {
			return nil, nil
		}
		return nil, invalidMembership("memberships must be a list")
	}
	var changes []registry.MemberChange
	for _, item := range list {
		change, err := membership(item)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

func membership(item any) (registry.MemberChange, error) {
	var change registry.MemberChange
	o, ok := item.(*pyjson.Object)
	if !ok {
		return change, invalidMembership("a membership must be an object")
	}
	id, ok := o.Get("member_id")
	if !ok {
		return change, invalidMembership("'member_id'")
	}
	member, err := registry.MemberID(id)
	if err != nil {
		return change, err
	}
	change.Member = member
	if canShare, ok := o.Get("can_share"); ok {
		change.CanShare = records.NullOf(pyjson.Truthy(canShare))
	}
	return change, nil
}

func invalidMembership(problem string) error {
	return httperror.BadRequestExplained("Invalid membership association: " + problem)
}

func (h *API) deleteMember(q *request) error {
	return q.noContent(h.Service.DeleteMember(q.http.Context(), q.caller, q.route.id, q.route.member))
}

// noContent ends a change of members.
func (q *request) noContent(err error) error {
	if err != nil {
		return q.memberPage(err)
	}
	q.w.WriteHeader(http.StatusNoContent)
	return nil
}

// memberPage distinguishes an image that does not exist from one that the caller may
// not see: that is how the old service answered here (registry-v1.md, 5.2).
func (q *request) memberPage(err error) error {
	var e *records.Error
	if errors.As(err, &e) && e.Kind == records.ImageNotFound {
		return httperror.NotFound("Image " + q.route.id + " not found")
	}
	return err
}
