package imagesv1

import (
	"context"
	"sync"
	"time"
)

// Background is what goes on behind answers, and the uploads under way. It outlives
// an API, since a reload of the configuration must end neither. NewBackground makes one.
type Background struct {
	jobs, uploads       context.Context
	endJobs, cutUploads context.CancelFunc

	jobsRun, uploadsRun tally
}

// NewBackground makes one in which nothing goes on.
func NewBackground() *Background {
	b := &Background{}
	b.jobs, b.endJobs = context.WithCancel(context.Background())
	b.uploads, b.cutUploads = context.WithCancel(context.Background())
	return b
}

// EndJobs ends the pauses of jobs. Each makes one more attempt, and EndJobs waits for
// that, for up to patience.
func (b *Background) EndJobs(patience time.Duration) {
	b.endJobs()
	b.jobsRun.wait(patience)
}

// CutUploads breaks off what is under way, as the end of the process would, and waits
// until the rows have the status for that, for up to patience.
func (b *Background) CutUploads(patience time.Duration) {
	b.cutUploads()
	b.uploadsRun.wait(patience)
}

// tally counts what is running. The zero value is ready for use.
type tally struct {
	mu      sync.Mutex
	running int
	idle    chan struct{} // closed when nothing runs any more; nil: nothing runs
}

func (t *tally) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running++; t.running == 1 {
		t.idle = make(chan struct{})
	}
}

func (t *tally) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running--; t.running == 0 {
		close(t.idle)
		t.idle = nil
	}
}

func (t *tally) wait(patience time.Duration) {
	t.mu.Lock()
	idle := t.idle
	t.mu.Unlock()
	if idle == nil {
		return
	}
	select {
	case <-idle:
	case <-time.After(patience):
	}
}

// upload is a context for an upload, which ends with the client's request or when
// uploads are cut. done must be called when the row has its status.
func (b *Background) upload(ctx context.Context) (cut context.Context, done func()) {
	b.uploadsRun.begin()
	cut, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(b.uploads, cancel)
	return cut, func() {
		stop()
		cancel()
		b.uploadsRun.end()
	}
}

// behind runs a job that goes on when its client has the answer. The job makes its
// last attempt when the context ends.
func (h *API) behind(job func(context.Context)) {
	done := func() {}
	if h.Hold != nil {
		done = h.Hold()
	}
	h.Background.jobsRun.begin()
	go func() {
		defer h.Background.jobsRun.end()
		defer done()
		job(h.Background.jobs)
	}()
}
