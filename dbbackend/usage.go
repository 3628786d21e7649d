package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/registry/records"
)

// StorageUsage implements records.Store. Flags of deletion do not count, the
// statuses do (registry-v2-rpc.md, 7.5).
func (b *Backend) StorageUsage(ctx context.Context, owner records.Null[string], exceptImage string) (int64, error) {
	st := b.d.statement("user_get_storage_usage").sql("SELECT COALESCE(SUM(i.size), 0) FROM images i",
		" JOIN image_locations l ON l.image_id = i.id AND l.status <> 'deleted'",
		" WHERE i.size > 0 AND i.status NOT IN ('killed', 'deleted')")
	if owner.Valid {
		b.d.identical(st.sql(" AND "), "i.owner", owner.V)
	} else {
		st.sql(" AND i.owner IS NULL")
	}
	if exceptImage != "" {
		st.sql(" AND i.id <> ").arg(exceptImage)
	}
	var usage *int64
	var note string
	dest := any(&usage)
	if b.d.untyped { // a size that is no integer makes the sum none
		dest = looseInt{&usage, &note}
	}
	err := b.read(ctx, func(*schema) error {
		r, err := b.run(ctx, b.pool, st)
		if err != nil {
			return err
		}
		defer r.Close()
		for r.Next() {
			if err := r.Scan(dest); err != nil {
				return err
			}
		}
		return r.Err()
	})
	return value(usage), err
}
