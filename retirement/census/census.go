package census

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Census counts calls, in memory and every few seconds in its file.
type Census struct {
	path   string
	keep   time.Duration
	logger *zap.Logger

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

	tidyInterval = time.Hour
	failureLog   = time.Minute // between two lines about a file that can't be used
)

// New makes a census in a file, which is made with the first call. What is older than
// keep is removed.
func New(path string, keep time.Duration, logger *zap.Logger) *Census {
	ctx, cancel := context.WithCancel(context.Background())
	return &Census{path: path, keep: keep, logger: logger, ctx: ctx, cancel: cancel}
}

// Add counts a call.
func (c *Census) Add(call Call) {
	c.start.Do(func() { c.done.Go(c.run) })
	c.pending.add(call)
}

// run writes what was counted until the census is closed.
func (c *Census) run() {
	write, tidy := time.NewTicker(WriteInterval), time.NewTicker(tidyInterval)
	defer write.Stop()
	defer tidy.Stop()
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
		}
		if err != nil && c.ctx.Err() == nil && time.Since(logged) >= failureLog {
			logged = time.Now()
			c.logger.Error("the census can't be written; calls are counted in memory meanwhile, within bounds",
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

// Report is who called, up to now.
func (c *Census) Report(ctx context.Context) (*Report, error) {
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
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var err error
	if len(c.pending.calls) > 0 {
		err = c.flush(ctx)
	}
	c.opening.Lock()
	defer c.opening.Unlock()
	if c.file != nil {
		err = errors.Join(err, c.file.db.Close())
	}
	return err
}
