package pool

import (
	"context"
	"sync"

	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
)

// boundedPool bounds how many connections of a pool are in use, how many of them by
// transactions, and the wait for one.
type boundedPool struct {
	Pool
	connections slots // of reads, and of transactions unless apart
	writers     slots
	apart       bool // transactions have connections of their own
}

// newBoundedPool bounds a pool that reads and writes on the same connections.
func newBoundedPool(p Pool, connections int) *boundedPool {
	return &boundedPool{Pool: p, connections: newSlots(connections), writers: newSlots(writersOf(connections))}
}

// newPoolWithOneWriter bounds a pool with one separate connection for writing.
func newPoolWithOneWriter(p Pool, readers int) *boundedPool {
	return &boundedPool{Pool: p, connections: newSlots(readers), writers: newSlots(1), apart: true}
}

func (p *boundedPool) Query(ctx context.Context, s *sqltext.Statement) (Rows, error) {
	if err := p.connections.take(ctx); err != nil {
		return nil, err
	}
	r, err := p.Pool.Query(ctx, s)
	if err != nil {
		p.connections.give()
		return nil, err
	}
	return &heldRows{Rows: r, connections: p.connections}, nil
}

func (p *boundedPool) Exec(ctx context.Context, s *sqltext.Statement) (int64, error) {
	if err := p.connections.take(ctx); err != nil {
		return 0, err
	}
	defer p.connections.give()
	return p.Pool.Exec(ctx, s)
}

func (p *boundedPool) Insert(ctx context.Context, s *sqltext.Statement) (int64, error) {
	if err := p.connections.take(ctx); err != nil {
		return 0, err
	}
	defer p.connections.give()
	return p.Pool.Insert(ctx, s)
}

func (p *boundedPool) Begin(ctx context.Context) (Transaction, error) {
	if err := p.writers.take(ctx); err != nil {
		return nil, err
	}
	if !p.apart {
		if err := p.connections.take(ctx); err != nil {
			p.writers.give()
			return nil, err
		}
	}
	t, err := p.Pool.Begin(ctx)
	if err != nil {
		p.end()
		return nil, err
	}
	return &heldTransaction{Transaction: t, end: sync.OnceFunc(p.end)}, nil
}

// Snapshot uses the connection of a read.
func (p *boundedPool) Snapshot(ctx context.Context) (Transaction, error) {
	if err := p.connections.take(ctx); err != nil {
		return nil, err
	}
	t, err := p.Pool.Snapshot(ctx)
	if err != nil {
		p.connections.give()
		return nil, err
	}
	return &heldTransaction{Transaction: t, end: sync.OnceFunc(p.connections.give)}, nil
}

// end releases the slots of a transaction.
func (p *boundedPool) end() {
	if !p.apart {
		p.connections.give()
	}
	p.writers.give()
}

// heldRows hold a connection until they are closed.
type heldRows struct {
	Rows
	connections slots
	closed      bool
}

func (r *heldRows) Close() {
	r.Rows.Close()
	if !r.closed {
		r.closed = true
		r.connections.give()
	}
}

// heldTransaction holds a connection until Rollback, which is called after a commit,
// too.
type heldTransaction struct {
	Transaction
	end func()
}

func (t *heldTransaction) Rollback() {
	t.Transaction.Rollback()
	t.end()
}
