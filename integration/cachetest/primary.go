package cachetest

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// Primary is a Writer that leads to another server when that takes over.
type Primary struct {
	mu    sync.Mutex
	db    *sql.DB
	moved chan struct{} // closed by Move
}

// NewPrimary leads to a server.
func NewPrimary(db *sql.DB) *Primary { return &Primary{db: db, moved: make(chan struct{})} }

// Move leads to another server from now on.
func (p *Primary) Move(db *sql.DB) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.db = db
	close(p.moved)
	p.moved = make(chan struct{})
}

// ExecContext implements Writer. A statement is given up when there is another
// primary.
func (p *Primary) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	p.mu.Lock()
	db, moved := p.db, p.moved
	p.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-moved:
			cancel(errors.New("there is another primary"))
		case <-ended:
		}
	}()
	return db.ExecContext(ctx, query, args...)
}
