package imagesv1

import (
	"context"
	"sync"
	"time"
)

// Background is what goes on behind answers, and the uploads under way. It outlives
// an API, since a reload of the configuration must end neither. Its zero value is not
// ready for use.
type Background struct {
	jobs, uploads       context.Context
	endJobs, cutUploads context.CancelFunc

	mu      sync.Mutex
	running int
	idle    chan struct{} // closed while nothing runs
}

// NewBackground makes one in which nothing goes on.
func NewBackground() *Background {
	b := &Background{idle: make(chan struct{})}
	close(b.idle)
	b.jobs, b.endJobs = context.WithCancel(context.Background())
	b.uploads, b.cutUploads = context.WithCancel(context.Background())
	return b
}

// EndJobs ends the pauses of jobs. Each makes one more attempt, and EndJobs waits for
// that, for up to patience.
func (b *Background) EndJobs(patience time.Duration) {
	b.endJobs()
	b.wait(patience)
}

// CutUploads breaks off what is under way, as the end of the process would, and waits
// until the rows have the status for that, for up to patience.
func (b *Background) CutUploads(patience time.Duration) {
	b.cutUploads()
	b.wait(patience)
}

func (b *Background) wait(patience time.Duration) {
	b.mu.Lock()
	idle := b.idle
	b.mu.Unlock()
	select {
	case <-idle:
	case <-time.After(patience):
	}
}

func (b *Background) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running++; b.running == 1 {
		b.idle = make(chan struct{})
	}
}

func (b *Background) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running--; b.running == 0 {
		close(b.idle)
	}
}

// upload is a context for an upload, which ends with the client's request or when
// uploads are cut. done must be called when the row has its status.
func (b *Background) upload(ctx context.Context) (cut context.Context, done func()) {
	b.begin()
	cut, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(b.uploads, cancel)
	return cut, func() {
		stop()
		cancel()
		b.end()
	}
}

// behind runs a job that goes on when its client has the answer. The job makes its
// last attempt when the context ends.
func (h *API) behind(job func(context.Context)) {
	done := func() {}
	if h.Hold != nil {
		done = h.Hold()
	}
	h.Background.begin()
	go func() {
		defer h.Background.end()
		defer done()
		job(h.Background.jobs)
	}()
}
