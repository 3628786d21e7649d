package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/records"
)

// Memberships implements records.Store.
func (b *Backend) Memberships(ctx context.Context, q records.MembershipQuery) ([]records.Member, error) {
	st := b.d.NewStatement("image_member_find").SQL(b.children[sqltext.MemberRow])
	if !q.All {
		st.SQL(" JOIN images i ON i.id = c.image_id")
	}
	st.SQL(" WHERE 1 = 1")
	for _, part := range []struct {
		column string
		value  records.Null[string]
	}{{"image_id", q.ImageID}, {"member", q.Member}, {"status", q.Status}} {
		if part.value.Valid {
			st.SQL(" AND c.", part.column, " = ").Arg(part.value.V)
		}
	}
	if !q.IncludeDeleted {
		st.SQL(" AND c.deleted = ").Boolean(false)
	}
	switch {
	case q.All:
	case q.Owner.Valid:
		b.d.Identical(st.SQL(" AND ("), "i.owner", q.Owner.V)
		b.d.Identical(st.SQL(" OR "), "c.member", q.Owner.V)
		st.SQL(")")
	default:
		st.SQL(" AND i.owner IS NULL")
	}
	st.SQL(" ORDER BY c.id")
	var image records.Image
	err := b.read(ctx, func(*sqltext.Schema) error {
		image.Members = nil
		return b.eachRecordRow(ctx, b.pool, st, func(row *recordRow) error { return row.addTo(&image) })
	})
	return image.Members, err
}
