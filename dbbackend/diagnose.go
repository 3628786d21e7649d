package dbbackend

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Index is an index of Glance's schema that the gateway needs.
type Index struct {
	Table, Column string // Column is its first column

	// Slow is what is slow without it.
	Slow string
}

// Create returns the statement that creates the index.
func (i Index) Create() string {
	return fmt.Sprintf("CREATE INDEX ix_%s_%s ON %s (%s)", i.Table, i.Column, i.Table, i.Column)
}

// indexes are those without which requests read whole tables.
var indexes = []Index{
	{"image_properties", "image_id", "every image and every page"},
	{"image_locations", "image_id", "every image and every page"},
	{"image_members", "image_id", "every image and every page"},
	{"image_tags", "image_id", "every image and every page"},
	{"images", "created_at", "lists in the usual order"},
	{"images", "owner", "lists of callers who are not admins"},
}

// MissingIndexes returns the indexes that the database lacks.
func (b *Backend) MissingIndexes(ctx context.Context) ([]Index, error) {
	s, err := b.schema(ctx)
	if err != nil {
		return nil, b.registryError(err)
	}
	r, err := b.pool.Query(ctx, b.d.NewStatement("check_indexes").SQL(b.d.Indexes))
	if err != nil {
		return nil, b.registryError(err)
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
		return has[[2]string{i.Table, i.Column}] || !s.Has(i.Table, i.Column)
	})
	return missing, b.registryError(r.Err())
}

// Ahead returns how far the clock of the database server is ahead of the local one,
// accurate to the duration of the query. It is 0 for SQLite.
func (b *Backend) Ahead(ctx context.Context) (time.Duration, error) {
	if b.d.Clock == "" {
		return 0, nil
	}
	start := time.Now()
	var micros []int64
	if err := collect(ctx, b.pool, b.d.NewStatement("check_clock").SQL(b.d.Clock), &micros); err != nil {
		return 0, b.registryError(err)
	}
	between := start.Add(time.Since(start) / 2)
	if len(micros) != 1 {
		return 0, nil
	}
	return time.UnixMicro(micros[0]).Sub(between), nil
}
