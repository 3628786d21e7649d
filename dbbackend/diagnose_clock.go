package dbbackend

import (
	"context"
	"time"
)

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
