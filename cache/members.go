package cache

import (
	"context"
	"strings"

	"github.com/glancegate/glancegate/registry/records"
)

// Memberships implements records.Store. It takes those of one image from its record,
// unless the database may compare some texts other than by their bytes.
func (c *Cache) Memberships(ctx context.Context, q records.MembershipQuery) ([]records.Member, error) {
	if !q.ImageID.Valid || !c.serving() || !canonical(q.ImageID.V) {
		c.count(ctx, Bypass)
		return c.Store.Memberships(ctx, q)
	}
	image, err := c.Image(ctx, q.ImageID.V)
	if err != nil {
		// There may be rows without an image.
		c.count(ctx, Bypass)
		return c.Store.Memberships(ctx, q)
	}
	var found []records.Member
	for _, m := range image.Members {
		if m.Deleted && !q.IncludeDeleted {
			continue
		}
		match, sure := matches(&q, image, &m)
		if !sure {
			c.count(ctx, Bypass)
			return c.Store.Memberships(ctx, q)
		}
		if match {
			found = append(found, m)
		}
	}
	return found, nil
}

// matches evaluates a query as dbbackend's SQL does.
func matches(q *records.MembershipQuery, image *records.Image, m *records.Member) (match, sure bool) {
	match, sure = true, true
	and := func(text string, wanted records.Null[string]) {
		if wanted.Valid {
			same, known := sameText(text, wanted.V)
			match, sure = match && same, sure && known
		}
	}
	and(m.Member, q.Member)
	and(m.Status, q.Status)
	switch {
	case q.All:
	case !q.Owner.Valid:
		match = match && !image.Owner.Valid
	default:
		isMember, known := sameText(m.Member, q.Owner.V)
		isOwner := false
		sure = sure && known
		if image.Owner.Valid {
			isOwner, known = sameText(image.Owner.V, q.Owner.V)
			sure = sure && known
		}
		match = match && (isOwner || isMember)
	}
	return match, sure
}

// sameText compares texts as every database does. It is not sure if some collation of
// MySQL may see them as equal.
func sameText(a, b string) (same, sure bool) {
	if a == b {
		return true, true
	}
	for _, text := range []string{a, b} {
		for n := range len(text) {
			if text[n] < ' ' || text[n] > '~' {
				return false, false
			}
		}
	}
	return false, !strings.EqualFold(strings.TrimRight(a, " "), strings.TrimRight(b, " "))
}
