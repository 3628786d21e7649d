package cache

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/glancegate/glancegate/registry/budget"
	"github.com/glancegate/glancegate/registry/records"
)

// flightOf returns the key of the flight that reads a record.
func (c *Cache) flightOf(id string) string {
	return string(c.appendPeriod(appendNumber([]byte(id), c.clears.Load())))
}

// appendPeriod gives flights that are a TTL apart different keys: a request must not
// join a read of a slow database that began longer ago.
func (c *Cache) appendPeriod(dst []byte) []byte {
	return appendNumber(dst, uint64(time.Since(c.born)/c.config.TTL))
}

// fillTimeout bounds a read, which goes on for others after its client disconnects.
const fillTimeout = 30 * time.Second

// filled is the result of a flight.
type filled[T any] struct {
	value T
	from  Outcome
}

// fill joins the flight of a key or begins it. A client that disconnects does not
// affect others in the flight.
func fill[T any](ctx context.Context, c *Cache, key string, read func(context.Context) (T, Outcome, error)) (T, Outcome, error) {
	result := c.flights.DoChan(key, func() (_ any, err error) {
		defer caught(&err)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fillTimeout)
		defer cancel()
		ctx, end := budget.Apart(ctx)
		defer end()
		value, from, err := read(ctx)
		return filled[T]{value, from}, err
	})
	select {
	case <-ctx.Done():
		var none T
		return none, Bypass, &records.Error{
			Kind: records.Unavailable, Message: "The request ended before the database answered", Err: ctx.Err(),
		}
	case r := <-result:
		f, ok := r.Val.(filled[T])
		if !ok {
			f.from = Bypass
		}
		return f.value, f.from, r.Err
	}
}

// caught turns a panic into an error. A flight is not part of a request, so a panic
// would end the process.
func caught(err *error) {
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("panic while reading for the cache: %v\n%s", cause, debug.Stack())
	}
}
