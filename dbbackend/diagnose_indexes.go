package dbbackend

import (
	"context"
	"fmt"
	"slices"
)

// Index is an index that Glance's schema has and that the gateway needs.
type Index struct {
	Table, Column string // the column that it begins with

	// Slow is what takes long without it.
	Slow string
}

// Create is the statement that makes the index.
func (i Index) Create() string {
	return fmt.Sprintf("CREATE INDEX ix_%s_%s ON %s (%s)", i.Table, i.Column, i.Table, i.Column)
}

// indexes are those without which every request reads a whole table.
var indexes = []Index{
	{"image_properties", "image_id", "every image and every page"},
	{"image_locations", "image_id", "every image and every page"},
	{"image_members", "image_id", "every image and every page"},
	{"image_tags", "image_id", "every image and every page"},
	{"images", "created_at", "lists in the usual order"},
	{"images", "owner", "lists of callers who are no admins"},
}

// MissingIndexes are those that would make requests faster.
func (b *Backend) MissingIndexes(ctx context.Context) ([]Index, error) {
	s, err := b.schema(ctx)
	if err != nil {
		return nil, b.d.translate(err)
	}
	r, err := b.pool.query(ctx, b.d.statement("check_indexes").sql(b.d.indexes))
	if err != nil {
		return nil, b.d.translate(err)
	}
	defer r.Close()
	has := map[[2]string]bool{}
	for r.Next() {
		var table, column string
		if err := r.Scan(&table, &column); err != nil {
			return nil, err
		}
		has[[2]string{table, column}] = true
	}
	missing := slices.DeleteFunc(slices.Clone(indexes), func(i Index) bool {
		return has[[2]string{i.Table, i.Column}] || !s.has(i.Table, i.Column)
	})
	return missing, b.d.translate(r.Err())
}
