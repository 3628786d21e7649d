package census

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Census counts calls, in memory and every few seconds in its file.
type Census struct {
	path   string
	keep   time.Duration
	logger *zap.Logger

	// exchange is where the reports of other nodes are; nil: there are none.
	exchange *Exchange

	pending pending
	opening sync.Mutex // guards file, and its making
	file    *file
	start   sync.Once
	ctx     context.Context
	cancel  context.CancelFunc
	done    sync.WaitGroup
}

const (
	// WriteInterval is how long a call may be in memory only. A process that is
	// killed loses no more.
	WriteInterval = 5 * time.Second

	// ExchangeInterval is how old the counts of other nodes may be in a report.
	ExchangeInterval = time.Minute

	tidyInterval = time.Hour
	failureLog   = time.Minute // between two lines about a file that can't be used
)

// New makes a census in a file, which is made with the first call. What is older than
// keep is removed. The exchange, which may be nil, is closed with the census.
func New(path string, keep time.Duration, exchange *Exchange, logger *zap.Logger) *Census {
	ctx, cancel := context.WithCancel(context.Background())
	return &Census{path: path, keep: keep, exchange: exchange, logger: logger, ctx: ctx, cancel: cancel}
}

// Add counts a call.
func (c *Census) Add(call Call) {
	c.start.Do(func() { c.done.Go(c.run) })
	c.pending.add(call)
}

// run writes what was counted until the census is closed.
func (c *Census) run() {
	write, tidy, exchange := time.NewTicker(WriteInterval), time.NewTicker(tidyInterval), time.NewTicker(ExchangeInterval)
	defer write.Stop()
	defer tidy.Stop()
	defer exchange.Stop()
	var logged time.Time
	for {
		var err error
		select {
		case <-c.ctx.Done():
			return
		case <-write.C:
			err = c.flush(c.ctx)
		case <-tidy.C:
			err = c.tidy(c.ctx)
		case <-exchange.C:
			err = c.publish(c.ctx)
		}
		if err != nil && c.ctx.Err() == nil && time.Since(logged) >= failureLog {
			logged = time.Now()
			c.logger.Error("the census can't be written or shared; calls are counted meanwhile, within bounds",
				zap.String("file", c.path), zap.Error(err))
		}
	}
}

// open returns the file.
func (c *Census) open(ctx context.Context) (*file, error) {
	c.opening.Lock()
	defer c.opening.Unlock()
	if c.file == nil {
		f, err := openFile(ctx, c.path)
		if err != nil {
			return nil, err
		}
		c.file = f
	}
	return c.file, nil
}

// flush writes what is pending.
func (c *Census) flush(ctx context.Context) error {
	f, err := c.open(ctx)
	if err != nil {
		return err
	}
	calls := c.pending.take()
	if len(calls) == 0 {
		return nil
	}
	if err := f.write(ctx, calls); err != nil {
		c.pending.putBack(calls)
		return err
	}
	return nil
}

func (c *Census) tidy(ctx context.Context) error {
	f, err := c.open(ctx)
	if err != nil {
		return err
	}
	return f.tidy(ctx, time.Now(), c.keep)
}

// publish leaves a report for other nodes.
func (c *Census) publish(ctx context.Context) error {
	if c.exchange == nil {
		return nil
	}
	f, err := c.open(ctx)
	if err != nil {
		return err
	}
	r, err := f.report(ctx, time.Now())
	if err != nil {
		return err
	}
	if err := c.exchange.put(ctx, f.node, r); err != nil {
		return fmt.Errorf("sharing it in Redis: %w", err)
	}
	return nil
}

// Report is who called any of the nodes, up to now where it was this one, and up to
// ExchangeInterval ago where it was another. Where the others can't be asked, the error
// comes with the report of this one.
func (c *Census) Report(ctx context.Context) (*Report, error) {
	own, err := c.own(ctx)
	if err != nil || c.exchange == nil {
		return own, err
	}
	var others []*Report
	for node := range own.Nodes {
		if others, err = c.exchange.others(ctx, node, time.Now()); err != nil {
			return own, fmt.Errorf("asking Redis for the counts of other nodes: %w", err)
		}
	}
	return Sum(append(others, own)...), nil
}

// own is the report of this node.
func (c *Census) own(ctx context.Context) (*Report, error) {
	if err := c.flush(ctx); err != nil {
		return nil, err
	}
	f, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	return f.report(ctx, time.Now())
}

// closeTimeout bounds the last writing.
const closeTimeout = 10 * time.Second

// Close writes what is pending, and ends the census.
func (c *Census) Close() error {
	c.start.Do(func() {}) // from now on nothing starts
	c.cancel()
	c.done.Wait()
	var err error
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if len(c.pending.calls) > 0 {
		err = c.flush(ctx)
	}
	if c.exchange != nil {
		if c.file != nil {
			err = errors.Join(err, c.publish(ctx))
		}
		err = errors.Join(err, c.exchange.Client.Close())
	}
	c.opening.Lock()
	defer c.opening.Unlock()
	if c.file != nil {
		err = errors.Join(err, c.file.db.Close())
	}
	return err
}
