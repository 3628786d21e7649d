package registry

import (
	"context"
	"slices"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// ListRequest is a list of images as a client asks for it.
type ListRequest struct {
	Where      []records.Condition
	Properties []records.PropertyMatch
	Tags       []string

	// Sort is completed by created_at and id, so that the order is total; they
	// follow TiesDescending. Empty sorts by created_at.
	Sort           []records.SortKey
	TiesDescending bool

	// Marker is the id of the last image of the page before.
	Marker records.Null[string]

	Limit int // rows; negative: all

	// Live leaves out deleted images and those with a status that lists hide.
	Live bool

	// ShowDeleted lists contain deleted rows: their marker may be deleted.
	ShowDeleted bool

	// AsUser shows an admin what a user of his project sees.
	AsUser bool

	// MemberStatus restricts memberships to a status; null: any.
	MemberStatus records.Null[string]

	// Late is an error in the request that is found behind the marker; may be nil.
	Late error

	Visibility      records.Null[string]
	AllVisibilities bool
	Children        records.Children
}

// ListImages reads one page. An unknown or invisible marker is an *Error of
// kind ImageNotFound or ImageNotVisible.
func (s *Service) ListImages(ctx context.Context, c *access.Caller, r *ListRequest) ([]*records.Image, error) {
	q, err := s.ListQuery(ctx, c, r)
	switch {
	case err != nil:
		return nil, err
	case r.Late != nil || r.Limit == 0:
		return nil, r.Late
	}
	return s.Store.Images(ctx, q)
}

// ListQuery is what ListImages asks the Store for. It reads the marker.
func (s *Service) ListQuery(ctx context.Context, c *access.Caller, r *ListRequest) (*records.Query, error) {
	q := &records.Query{
		Scope:      s.scope(c, r),
		Where:      r.Where,
		Properties: r.Properties,
		Tags:       r.Tags,
		Sort:       r.completeSort(),
		Limit:      r.Limit,
		Children:   r.Children,
	}
	if r.Live {
		q.Where = append([]records.Condition{
			{Column: "deleted", Values: []any{false}},
			{Column: "status", Op: records.In, Values: s.listed()},
		}, q.Where...)
	}
	if r.Marker.Valid {
		marker, err := s.Image(ctx, c, r.Marker.V, r.ShowDeleted)
		if err != nil {
			return nil, err
		}
		q.Marker = marker
	}
	return q, nil
}

// listed are the statuses of live images in a list.
func (s *Service) listed() []any {
	if s.Release < compat.Pike {
		return listedBeforePike
	}
	return listedStatuses
}

// scope is what the caller may see of a list (registry-v1.md, 6.2). Where the
// gateway is hardened, a caller without an owner no longer sees what is shared
// with any project.
func (s *Service) scope(c *access.Caller, r *ListRequest) records.Scope {
	return records.Scope{
		Restricted:      !c.Admin || r.AsUser,
		Owner:           c.Owner,
		OwnDeleted:      s.Harden && !c.Admin && !r.Live,
		MemberStatus:    r.MemberStatus,
		AnyMembership:   !c.Owner.Valid && (c.Admin || !s.Harden),
		Visibility:      r.Visibility,
		AllVisibilities: r.AllVisibilities && s.Release >= compat.Ocata,
		TwoVisibilities: s.Release < compat.Ocata,
	}
}

func (r *ListRequest) completeSort() []records.SortKey {
	keys := slices.Clone(r.Sort)
	for _, name := range []string{"created_at", "id"} {
		if !hasSortKey(keys, name) {
			keys = append(keys, records.SortKey{Column: name, Descending: r.TiesDescending})
		}
	}
	return keys
}

func hasSortKey(keys []records.SortKey, name string) bool {
	for _, k := range keys {
		if k.Column == name {
			return true
		}
	}
	return false
}
