package dbbackend

import (
	"context"
	"time"
)

// Ahead is how far the clock of the database's host is ahead of ours, give or take
// the time that the question takes. SQLite has no other host.
func (b *Backend) Ahead(ctx context.Context) (time.Duration, error) {
	if b.d.clock == "" {
		return 0, nil
	}
	start := time.Now()
	var micros []int64
	if err := collect(ctx, b.pool, b.d.statement("check_clock").sql(b.d.clock), &micros); err != nil {
		return 0, b.d.translate(err)
	}
	between := start.Add(time.Since(start) / 2)
	if len(micros) != 1 {
		return 0, nil
	}
	return time.UnixMicro(micros[0]).Sub(between), nil
}
