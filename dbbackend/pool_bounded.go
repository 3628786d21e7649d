package dbbackend

import (
	"context"
	"sync"
)

// boundedPool bounds how many connections of a pool are in use, how many of
// them by transactions, and how long somebody waits for one.
type boundedPool struct {
	pool
	connections slots // of reads, and of transactions where they are the same
	writers     slots
	apart       bool // transactions have connections of their own
}

// newBoundedPool is for a pool that reads and writes on the same connections.
func newBoundedPool(p pool, connections int) *boundedPool {
	return &boundedPool{pool: p, connections: newSlots(connections), writers: newSlots(writersOf(connections))}
}

// newPoolWithOneWriter is for a pool with one further connection that writes.
func newPoolWithOneWriter(p pool, readers int) *boundedPool {
	return &boundedPool{pool: p, connections: newSlots(readers), writers: newSlots(1), apart: true}
}

func (p *boundedPool) query(ctx context.Context, s *statement) (rows, error) {
	if err := p.connections.take(ctx); err != nil {
		return nil, err
	}
	r, err := p.pool.query(ctx, s)
	if err != nil {
		p.connections.give()
		return nil, err
	}
	return &heldRows{rows: r, connections: p.connections}, nil
}

func (p *boundedPool) exec(ctx context.Context, s *statement) (int64, error) {
	if err := p.connections.take(ctx); err != nil {
		return 0, err
	}
	defer p.connections.give()
	return p.pool.exec(ctx, s)
}

func (p *boundedPool) insert(ctx context.Context, s *statement) (int64, error) {
	if err := p.connections.take(ctx); err != nil {
		return 0, err
	}
	defer p.connections.give()
	return p.pool.insert(ctx, s)
}

func (p *boundedPool) begin(ctx context.Context) (transaction, error) {
	if err := p.writers.take(ctx); err != nil {
		return nil, err
	}
	if !p.apart {
		if err := p.connections.take(ctx); err != nil {
			p.writers.give()
			return nil, err
		}
	}
	t, err := p.pool.begin(ctx)
	if err != nil {
		p.end()
		return nil, err
	}
	return &heldTransaction{transaction: t, end: sync.OnceFunc(p.end)}, nil
}

// snapshot has the connection of a read.
func (p *boundedPool) snapshot(ctx context.Context) (transaction, error) {
	if err := p.connections.take(ctx); err != nil {
		return nil, err
	}
	t, err := p.pool.snapshot(ctx)
	if err != nil {
		p.connections.give()
		return nil, err
	}
	return &heldTransaction{transaction: t, end: sync.OnceFunc(p.connections.give)}, nil
}

// end gives back what a transaction took.
func (p *boundedPool) end() {
	if !p.apart {
		p.connections.give()
	}
	p.writers.give()
}

// heldRows hold a connection until they are closed.
type heldRows struct {
	rows
	connections slots
	closed      bool
}

func (r *heldRows) Close() {
	r.rows.Close()
	if !r.closed {
		r.closed = true
		r.connections.give()
	}
}

// heldTransaction holds a connection until it is rolled back, which follows a
// commit, too.
type heldTransaction struct {
	transaction
	end func()
}

func (t *heldTransaction) rollback() {
	t.transaction.rollback()
	t.end()
}
