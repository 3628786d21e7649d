package shared

import (
	"context"
	"time"
)

// putTimeout bounds storing a value. No request waits for it.
const putTimeout = time.Second

// Put stores a value that was read from the database at that time. It does not wait
// for Redis, and drops the value if too many are being stored.
func (t *Tier) Put(ticket Ticket, value []byte, read time.Time) {
	if !ticket.valid {
		return
	}
	select {
	case t.putting <- struct{}{}:
	default:
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		<-t.putting
		return
	}
	t.puts.Go(func() {
		defer func() { <-t.putting }()
		t.put(ticket, value, read)
	})
}

func (t *Tier) put(ticket Ticket, value []byte, read time.Time) {
	left := t.TTL - time.Since(read)
	if epoch, ok := t.current(); !ok || epoch != ticket.epoch || left < time.Millisecond {
		return
	}
	h := header{mark: ticket.mark, epoch: ticket.epoch, group: ticket.group}
	if earlier := ticket.taken.Sub(read); earlier > 0 {
		h.mark += earlier
	}
	if maxTTL := ticket.name.maxTTL; maxTTL > 0 {
		left = min(left, maxTTL)
	}
	plain := append(h.append(make([]byte, 0, headerLength+len(value))), value...)
	ctx, cancel := context.WithTimeout(context.Background(), putTimeout)
	defer cancel()
	if err := t.client().Set(ctx, ticket.name.key, t.Sealer.Seal(ticket.name.key, plain), left).Err(); err != nil {
		t.Events.Failed("put", err)
	}
}
