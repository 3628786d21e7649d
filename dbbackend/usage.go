package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/dbbackend/internal/scan"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/records"
)

// StorageUsage implements records.Store. The statuses count, not the deleted flags
// (registry-v2-rpc.md, 7.5).
func (b *Backend) StorageUsage(ctx context.Context, owner records.Null[string], exceptImage string) (int64, error) {
	st := b.d.NewStatement("user_get_storage_usage").SQL("SELECT COALESCE(SUM(i.size), 0) FROM images i",
		" JOIN image_locations l ON l.image_id = i.id AND l.status <> 'deleted'",
		" WHERE i.size > 0 AND i.status NOT IN ('killed', 'deleted')")
	if owner.Valid {
		b.d.Identical(st.SQL(" AND "), "i.owner", owner.V)
	} else {
		st.SQL(" AND i.owner IS NULL")
	}
	if exceptImage != "" {
		st.SQL(" AND i.id <> ").Arg(exceptImage)
	}
	var usage *int64
	var note string
	dest := any(&usage)
	if b.d.Untyped { // a size that is not an integer makes the sum NULL
		dest = scan.Int{To: &usage, Note: &note}
	}
	err := b.read(ctx, func(*sqltext.Schema) error {
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
