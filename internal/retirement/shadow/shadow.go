package shadow

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/glancegate/glancegate/internal/backoff"
)

// Bounds of the work.
const (
	queueSize = 256
	workers   = 4
	verifiers = 8
)

// Config is the settings of a Shadow.
type Config struct {
	Old      *url.URL
	ServeOld bool // the old service answers
	Ledger   *Ledger
	Logger   *zap.Logger

	// FirstPause is the pause before a comparison that found a difference is repeated for
	// the first time; the next ones are longer. 0: the default.
	FirstPause time.Duration
}

const defaultFirstPause = 100 * time.Millisecond

// repetitions is how often a comparison is repeated at most. Their pauses add up to more
// than a second, which is how precise the times in rows are.
const repetitions = 4

// Shadow compares in the background.
type Shadow struct {
	config  Config
	service *service
	copies  atomic.Int64

	queue    chan *Exchange
	suspects chan *suspect
	stop     context.CancelFunc
	ctx      context.Context
	running  sync.WaitGroup

	mu     sync.RWMutex
	closed bool
}

// suspect is a comparison that found a difference.
type suspect struct {
	*Exchange
	old, new *Answer
	found    *comparison
}

// New starts a Shadow. It sends nothing by itself.
func New(c Config) *Shadow {
	if c.FirstPause == 0 {
		c.FirstPause = defaultFirstPause
	}
	s := &Shadow{config: c, service: newService(c.Old, c.Logger), queue: make(chan *Exchange, queueSize), suspects: make(chan *suspect)}
	s.ctx, s.stop = context.WithCancel(context.Background())
	for range workers {
		s.running.Go(s.work)
	}
	for range verifiers {
		s.running.Go(s.verify)
	}
	return s
}

// Close stops all comparisons and waits for them.
func (s *Shadow) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.running.Wait()
	for len(s.queue) > 0 {
		(<-s.queue).kept.Close()
	}
	s.service.transport.CloseIdleConnections()
	return nil
}

// ServesOld reports whether the old service answers.
func (s *Shadow) ServesOld() bool { return s.config.ServeOld }

// Offer takes a request to be compared, without waiting. The returned function must be
// called when it was answered, with whether all of the answer was written.
func (s *Shadow) Offer(x *Exchange, kept *Copy) (answered func(whole bool)) {
	x.served, x.kept = make(chan *Answer, 1), kept
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.closed {
		select {
		case s.queue <- x:
			return func(whole bool) {
				answer := kept.complete()
				switch {
				case !whole:
					answer = nil
					s.Skip(Unanswered)
				case answer == nil:
					s.Skip(TooLarge)
				}
				x.served <- answer
			}
		default:
			s.config.Ledger.skip(QueueFull)
		}
	}
	return func(bool) { kept.Close() }
}

// Skip counts a request that can't be compared.
func (s *Shadow) Skip(reason string) { s.config.Ledger.skip(reason) }

// Forward lets the old service answer a request. After an error nothing was written yet.
func (s *Shadow) Forward(w http.ResponseWriter, r *http.Request, read bool) error {
	return s.service.forward(w, r, read)
}

// Report is what the shadow found.
func (s *Shadow) Report() *Report {
	r := s.config.Ledger.Report()
	r.Old, r.Serve, r.Waiting = s.config.Old.Redacted(), "new", len(s.queue)
	if s.config.ServeOld {
		r.Serve = "old"
	}
	r.Service, _ = s.service.report()
	return r
}

// Failures is how often the old service did not answer.
func (s *Shadow) Failures() int64 {
	_, n := s.service.report()
	return n
}

func (s *Shadow) work() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case x := <-s.queue:
			s.first(x)
		}
	}
}

// first compares an exchange for the first time.
func (s *Shadow) first(x *Exchange) {
	if x.left != nil {
		s.firstAfterWrite(x)
		return
	}
	if x.Identify != nil {
		var read bool
		if x.Calls, read = x.Identify(); !read {
			x.kept.Close()
			return
		}
	}
	old, new := s.both(x)
	s.judge(x, old, new)
}

// firstAfterWrite compares what the gateway reads with what the old service answered when
// it wrote, and asks that once more where the answer does not say.
func (s *Shadow) firstAfterWrite(x *Exchange) {
	new := s.askGateway(x)
	if new != nil && x.left.agrees(new) {
		s.config.Ledger.count(x, &comparison{}, new, new)
		x.kept.Close()
		return
	}
	var old *Answer
	if new != nil {
		old = s.askOld(x)
	}
	s.judge(x, old, new)
}

// judge counts answers that agree, and has others verified.
func (s *Shadow) judge(x *Exchange, old, new *Answer) {
	if old == nil || new == nil {
		x.kept.Close()
		return
	}
	found := compare(x, old, new)
	if !found.differ() {
		s.config.Ledger.count(x, found, old, new)
		x.kept.Close()
		return
	}
	select {
	case s.suspects <- &suspect{x, old, new, found}:
	case <-s.ctx.Done():
		x.kept.Close()
	}
}

// both has the answer that the client got, and asks for the other one.
func (s *Shadow) both(x *Exchange) (old, new *Answer) {
	if s.config.ServeOld {
		new = s.askGateway(x)
		old = s.awaitServed(x)
	} else {
		new = s.awaitServed(x)
		if new != nil && new.Status >= http.StatusBadGateway {
			s.Skip(GatewayUnavailable)
			return nil, nil
		}
		if new != nil {
			old = s.askOld(x)
		}
	}
	return old, new
}

// awaitServed waits for the answer that the client gets.
func (s *Shadow) awaitServed(x *Exchange) *Answer {
	select {
	case answer := <-x.served:
		if answer != nil && s.config.ServeOld && answer.Status >= http.StatusBadGateway {
			s.Skip(Unanswered)
			return nil
		}
		return answer
	case <-s.ctx.Done():
		return nil
	}
}

func (s *Shadow) askOld(x *Exchange) *Answer {
	answer, err := s.service.ask(s.ctx, x.Request)
	switch {
	case err == nil:
		return answer
	case s.ctx.Err() != nil:
	case err == errTooLarge:
		s.Skip(TooLarge)
	default:
		s.Skip(Unanswered)
	}
	return nil
}

func (s *Shadow) askGateway(x *Exchange) *Answer {
	answer, err := x.Gateway(s.ctx, x.Request)
	switch {
	case s.ctx.Err() != nil:
	case err == errTooLarge:
		s.Skip(TooLarge)
	case err != nil || answer.Status >= http.StatusBadGateway:
		s.Skip(GatewayUnavailable)
	default:
		return answer
	}
	return nil
}

func (s *Shadow) verify() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case x := <-s.suspects:
			s.settle(x)
			x.kept.Close()
		}
	}
}

// settle repeats a comparison that found a difference. It counts as one only if it stays
// while both answers stay the same: otherwise a row changed between the two readings.
func (s *Shadow) settle(x *suspect) {
	pause := backoff.Backoff{First: s.config.FirstPause, Max: 8 * s.config.FirstPause}
	still := 0
	for range repetitions {
		if !pause.Wait(s.ctx) {
			return
		}
		new, old := s.askGateway(x.Exchange), s.askOld(x.Exchange)
		if new == nil || old == nil {
			return
		}
		found := compare(x.Exchange, old, new)
		if !found.differ() {
			s.Skip(Raced)
			return
		}
		still++
		if compare(x.Exchange, x.old, old).differ() || compare(x.Exchange, x.new, new).differ() {
			still = 0
		}
		x.old, x.new, x.found = old, new, found
	}
	if still < 2 {
		s.Skip(Raced)
		return
	}
	if s.excused(x) {
		x.found = &comparison{allowed: map[string]bool{PagesAfterNull: true}}
	}
	s.config.Ledger.count(x.Exchange, x.found, x.old, x.new)
}

// Written compares the rows that a write left, of which both are asked in the background.
func (s *Shadow) Written(x *Exchange, kept *Copy) {
	answer := kept.complete()
	if answer == nil || answer.Status >= http.StatusBadRequest {
		kept.Close()
		return
	}
	reads := readBack(x, answer)
	if len(reads) == 0 {
		kept.Close()
		return
	}
	for _, read := range reads {
		s.Offer(read, s.NewCopy())
	}
	kept.Close()
}
