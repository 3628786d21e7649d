package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/registry/records"
)

// Memberships implements records.Store.
func (b *Backend) Memberships(ctx context.Context, q records.MembershipQuery) ([]records.Member, error) {
	st := b.d.statement("image_member_find").sql(b.children[memberRow])
	if !q.All {
		st.sql(" JOIN images i ON i.id = c.image_id")
	}
	st.sql(" WHERE 1 = 1")
	for _, part := range []struct {
		column string
		value  records.Null[string]
	}{{"image_id", q.ImageID}, {"member", q.Member}, {"status", q.Status}} {
		if part.value.Valid {
			st.sql(" AND c.", part.column, " = ").arg(part.value.V)
		}
	}
	if !q.IncludeDeleted {
		st.sql(" AND c.deleted = ").boolean(false)
	}
	switch {
	case q.All:
	case q.Owner.Valid:
		b.d.identical(st.sql(" AND ("), "i.owner", q.Owner.V)
		b.d.identical(st.sql(" OR "), "c.member", q.Owner.V)
		st.sql(")")
	default:
		st.sql(" AND i.owner IS NULL")
	}
	st.sql(" ORDER BY c.id")
	var members []records.Member
	err := b.read(ctx, func(*schema) error {
		var image records.Image
		r, err := b.run(ctx, b.pool, st)
		if err != nil {
			return err
		}
		defer r.Close()
		var row recordRow
		dest := row.dest(b.d)
		for r.Next() {
			if err := r.Scan(dest...); err != nil {
				return err
			}
			b.odd.judge(&row)
			if err := row.addTo(&image); err != nil {
				return err
			}
		}
		members = image.Members
		return r.Err()
	})
	return members, err
}
