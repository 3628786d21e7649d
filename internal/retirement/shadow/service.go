package shadow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/glancegate/glancegate/internal/breaker"
	"github.com/glancegate/glancegate/internal/dialer"
)

const (
	connectTimeout = 5 * time.Second
	askTimeout     = 10 * time.Second
	askPause       = 2 * time.Second // after a failure nothing is compared for so long

	// How often the log says that the service still fails.
	firstRepeat, lastRepeat = time.Minute, time.Hour
)

var (
	errTooLarge = errors.New("the answer is too large to be compared")
	errPaused   = errors.New("it failed a moment ago")
)

// State is how the old service is.
type State struct {
	Reachable   bool       `json:"reachable"` // also while nothing was asked yet
	LastSuccess *time.Time `json:"last_success"`
	LastFailure *time.Time `json:"last_failure"`
	LastError   string     `json:"last_error,omitempty"`
}

// service is the old service.
type service struct {
	url       *url.URL
	transport *http.Transport
	breaker   *breaker.Breaker
	logger    *zap.Logger

	mu       sync.Mutex
	state    State
	failures int64
	nextLog  time.Time
	repeat   time.Duration
}

func newService(u *url.URL, logger *zap.Logger) *service {
	return &service{
		url: u, logger: logger, breaker: breaker.New(askPause), state: State{Reachable: true},
		transport: &http.Transport{
			DialContext: dialer.New(connectTimeout).DialContext, TLSHandshakeTimeout: connectTimeout,
			MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second, DisableCompression: true,
		},
	}
}

// ask asks the service, unless it has just failed.
func (s *service) ask(ctx context.Context, q *Request) (*Answer, error) {
	if !s.breaker.Allow() {
		return nil, errPaused
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := s.exchange(ctx, q)
	switch {
	case err == nil:
		s.breaker.Success()
		s.succeeded()
	case !errors.Is(err, context.Canceled) && !errors.Is(err, errTooLarge):
		s.breaker.Failure()
		s.failed(err)
	}
	return answer, err
}

// exchange sends a read and reads the answer.
func (s *service) exchange(ctx context.Context, q *Request) (*Answer, error) {
	r, err := q.HTTP(ctx)
	if err != nil {
		return nil, err
	}
	r.RequestURI = ""
	s.address(r)
	for _, name := range hopByHop {
		delete(r.Header, name)
	}
	r.Header.Set(Mark, "1")
	if _, given := r.Header["User-Agent"]; !given {
		r.Header["User-Agent"] = nil // none is invented
	}
	r.Header["Idempotency-Key"] = nil // not sent; a read may be repeated on another connection
	res, err := s.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, errTooLarge
	}
	if res.StatusCode > http.StatusNotImplemented {
		return nil, fmt.Errorf("it answers %s", res.Status)
	}
	return &Answer{res.StatusCode, res.Header, body}, nil
}

// hopByHop are the fields of a request that concern a connection.
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Expect"}

// address lets a request go to the service.
func (s *service) address(r *http.Request) {
	path := r.URL.EscapedPath()
	r.URL.Scheme, r.URL.Host = s.url.Scheme, s.url.Host
	base := strings.TrimSuffix(s.url.Path, "/")
	r.URL.Path, r.URL.RawPath = base+r.URL.Path, base+path
}

// forward lets the service answer a request. An error means that nothing was answered yet.
func (s *service) forward(w http.ResponseWriter, r *http.Request, read bool) (failure error) {
	proxy := &httputil.ReverseProxy{
		Transport:     s.transport,
		FlushInterval: -1,
		ErrorLog:      zap.NewStdLog(s.logger),
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.RawQuery = p.In.URL.RawQuery // as it came, also where it is malformed
			s.address(p.Out)
			p.Out.Header.Set(Mark, "1")
			if read {
				p.Out.Header["Idempotency-Key"] = nil
			}
			if _, given := p.Out.Header["User-Agent"]; !given {
				p.Out.Header["User-Agent"] = nil // none is invented
			}
		},
		ModifyResponse: func(*http.Response) error {
			s.succeeded()
			return nil
		},
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) { failure = err },
	}
	proxy.ServeHTTP(w, r)
	if failure != nil && r.Context().Err() != context.Canceled {
		s.failed(failure)
	}
	return failure
}

func (s *service) succeeded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.state.Reachable {
		s.logger.Info("the old registry answers again", zap.String("url", s.url.Redacted()))
	}
	s.state.Reachable, s.state.LastSuccess, s.repeat = true, now(), 0
}

// failed logs the first failure, and then ever more rarely that it goes on.
func (s *service) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures++
	at := now()
	if s.repeat == 0 || at.After(s.nextLog) {
		s.logger.Warn("the old registry does not answer", zap.String("url", s.url.Redacted()), zap.Error(err))
		s.repeat = min(max(2*s.repeat, firstRepeat), lastRepeat)
		s.nextLog = at.Add(s.repeat)
	}
	s.state.Reachable, s.state.LastFailure, s.state.LastError = false, at, err.Error()
}

func now() *time.Time { return new(time.Now().UTC().Truncate(time.Second)) }

// report returns the state, and the number of failures so far.
func (s *service) report() (State, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.failures
}
