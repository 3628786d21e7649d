package imagesv1

import (
	"fmt"
	"net/http"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
	"github.com/glancegate/glancegate/registry/rest"
)

func (h *API) members(q *request) error {
	if err := h.enforce(q, "get_members"); err != nil {
		return err
	}
	if _, err := h.liveImage(q); err != nil {
		return err
	}
	members, err := h.Registry.Service.Members(q.ctx, q.caller, q.route.id)
	if err != nil {
		return memberPage(q, err)
	}
	return rest.WriteMembers(q.w, q.http, members)
}

func (h *API) sharedImages(q *request) error {
	members, err := h.Registry.Service.SharedImages(q.ctx, q.caller, q.route.member)
	if err != nil {
		return err
	}
	return rest.WriteSharedImages(q.w, q.http, members)
}

// memberShow is a 405 without Allow.
func (h *API) memberShow(q *request) error {
	page := httperror.MethodNotAllowed(q.http.Method, "")
	page.Header = nil
	return page
}

// liveImage reads an image that is not deleted.
func (h *API) liveImage(q *request) (*records.Image, error) {
	i, err := h.image(q)
	if err == nil && i.Deleted && i.Status == records.StatusDeleted {
		return nil, httperror.NotFound("Image with identifier " + q.route.id + " has been deleted.")
	}
	return i, err
}

// sharer refuses callers that share nothing.
func (h *API) sharer(q *request, rule string) (*records.Image, error) {
	if !q.caller.Admin && !q.caller.Owner.Valid {
		return nil, httperror.Unauthorized("No authenticated user")
	}
	if err := h.enforce(q, rule); err != nil {
		return nil, err
	}
	return h.liveImage(q)
}

// addMember adds or changes one membership. Without can_share it is that of a new
// one only.
func (h *API) addMember(q *request) error {
	i, err := h.sharer(q, "modify_member")
	if err != nil {
		return err
	}
	if err := h.memberQuota(liveMembers(i) + 1); err != nil {
		return err
	}
	change := registry.MemberChange{Member: q.route.member, CanShare: canShare(q.body)}
	err = h.Registry.Service.SetMember(q.ctx, q.caller, q.route.id, func() (registry.MemberChange, error) { return change, nil })
	return noContent(q, err)
}

func canShare(body any) records.Null[bool] {
	o, _ := body.(*pyjson.Object)
	raw, _ := o.Get("member")
	member, _ := raw.(*pyjson.Object)
	if value, given := member.Get("can_share"); given {
		return records.NullOf(pyjson.Truthy(value))
	}
	return records.Null[bool]{}
}

func liveMembers(i *records.Image) int {
	n := 0
	for _, m := range i.Members {
		if !m.Deleted {
			n++
		}
	}
	return n
}

func (h *API) memberQuota(wanted int) error {
	if most := h.Quotas.Members; most >= 0 && wanted > most {
		return httperror.TooLarge(fmt.Sprintf("The limit has been exceeded on the number of allowed image members for this image. "+
			"Attempted: %d, Maximum: %d", wanted, most))
	}
	return nil
}

// replaceMembers makes a list the memberships of an image. An object without the
// key memberships is a single one.
func (h *API) replaceMembers(q *request) error {
	if _, err := h.sharer(q, "modify_member"); err != nil {
		return err
	}
	body, ok := q.body.(*pyjson.Object)
	if !ok {
		return httperror.BadRequestExplained("Invalid membership association: the body must be an object")
	}
	if _, given := body.Get("memberships"); !given {
		list := pyjson.NewObject()
		list.Set("memberships", []any{body})
		body = list
	}
	wanted, err := rest.Memberships(body)
	if err != nil {
		return memberPage(q, err)
	}
	if err := h.memberQuota(len(wanted)); err != nil {
		return err
	}
	err = h.Registry.Service.ReplaceMembers(q.ctx, q.caller, q.route.id, func() ([]registry.MemberChange, error) { return wanted, nil })
	return noContent(q, err)
}

func (h *API) removeMember(q *request) error {
	if _, err := h.sharer(q, "delete_member"); err != nil {
		return err
	}
	return noContent(q, h.Registry.Service.DeleteMember(q.ctx, q.caller, q.route.id, q.route.member))
}

// noContent ends a change of members.
func noContent(q *request, err error) error {
	if err != nil {
		return memberPage(q, err)
	}
	q.w.WriteHeader(http.StatusNoContent)
	return nil
}

func memberPage(q *request, err error) error {
	if isKind(err, records.ImageNotFound, records.ImageNotVisible) {
		return notFound(q.route.id)
	}
	return err
}
