package keystone

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// script is a Keystone that says what a test tells it to. How a real one
// behaves is tested in integration/keystone.
type script struct {
	*httptest.Server
	asked   atomic.Int64
	logins  atomic.Int64
	drops   atomic.Int64  // how many more requests end without an answer
	own     time.Duration // how long the token of the service user lives
	expires time.Time     // of other tokens

	mu     sync.Mutex
	answer http.HandlerFunc  // to a validation; nil: the token is valid
	peer   *x509.Certificate // that the client showed last
}

func newScript(t *testing.T) *script {
	s := &script{expires: time.Now().Add(time.Hour), own: time.Hour}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.drops.Add(-1) >= 0 {
			panic(http.ErrAbortHandler)
		}
		if r.Method == http.MethodPost {
			s.logins.Add(1)
			w.Header().Set("X-Subject-Token", "own")
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, strings.Replace(answered, "2026-11-24T22:44:28.000000Z", time.Now().Add(s.own).UTC().Format(time.RFC3339Nano), 1))
			return
		}
		s.asked.Add(1)
		s.mu.Lock()
		answer := s.answer
		s.peer = nil
		if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			s.peer = r.TLS.PeerCertificates[0]
		}
		s.mu.Unlock()
		if answer != nil {
			answer(w, r)
			return
		}
		fmt.Fprint(w, strings.Replace(answered, "2026-11-24T22:44:28.000000Z", s.expires.UTC().Format(time.RFC3339Nano), 1))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *script) say(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(code)
		fmt.Fprint(w, strings.ReplaceAll(body, "$TOKEN", r.Header.Get("X-Subject-Token")))
	}
}

const refusal = `{"error": {"code": 404, "message": "Could not find token: $TOKEN", "title": "Not Found"}}`

// validator asks the script, with changes to its configuration.
func (s *script) validator(t *testing.T, changes ...func(*Config)) *Validator {
	t.Helper()
	config, _, err := complete(func(o *Options) { o.AuthURL = s.URL }).Resolve()
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(&config)
	}
	v, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}

func TestValidateRemembers(t *testing.T) {
	s := newScript(t)
	v := s.validator(t)
	counts := map[Outcome]int{}
	v.Observe = func(o Outcome, _ time.Duration) { counts[o]++ }
	for range 3 {
		if token, err := v.Validate(t.Context(), "token", false); err != nil || token.User.ID != "u" {
			t.Fatalf("%+v, %v", token, err)
		}
	}
	if _, err := v.Validate(t.Context(), "token", true); err != nil {
		t.Error(err)
	}
	if got := s.asked.Load(); got != 1 || counts[Valid] != 1 || counts[Hit] != 3 {
		t.Errorf("asked %d times, %v", got, counts)
	}

	s.say(status(404, refusal))
	for range 2 {
		if _, err := v.Validate(t.Context(), "refused", false); !errors.Is(err, errInvalid) {
			t.Fatal(err)
		}
	}
	if got := s.asked.Load(); got != 2 || counts[Invalid] != 1 {
		t.Errorf("asked %d times, %v", got, counts)
	}
	for range 2 {
		if _, err := v.Validate(t.Context(), "refused-too", true); !errors.Is(err, errInvalid) {
			t.Fatal(err)
		}
	}
	if got := s.asked.Load(); got != 3 {
		t.Errorf("asked %d times", got)
	}
	// What was refused may do for a service.
	s.say(nil)
	if _, err := v.Validate(t.Context(), "refused", true); err != nil {
		t.Error(err)
	}
}

func TestValidateRemembersNoLongerThanTheTokenLives(t *testing.T) {
	s := newScript(t)
	v := s.validator(t)
	s.expires = time.Now().Add(2 * time.Second)
	if _, err := v.Validate(t.Context(), "token", false); err != nil {
		t.Fatal(err)
	}
	kit.Wait(t, "refused", func() bool {
		_, err := v.Validate(t.Context(), "token", false)
		return errors.Is(err, errInvalid)
	})
	if time.Now().Before(s.expires) {
		t.Error("refused too early")
	}
	// An expired token that a service vouches for is not remembered at all.
	before := s.asked.Load()
	for range 2 {
		if _, err := v.Validate(t.Context(), "token", true); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.asked.Load() - before; got != 2 {
		t.Errorf("asked %d times, want 2", got)
	}
}

// Who comes too late for a flight finds what it brought.
func TestAnswerLooksAgain(t *testing.T) {
	s := newScript(t)
	v := s.validator(t)
	q := v.question("token", false)
	for n, want := range []bool{true, false} {
		if token, asked, err := v.answer(t.Context(), q); err != nil || asked != want || token.User.ID != "u" {
			t.Errorf("%d: asked %v, %v", n, asked, err)
		}
	}
}

func TestValidateWithoutMemory(t *testing.T) {
	s := newScript(t)
	v := s.validator(t, func(c *Config) { c.CacheTime = 0 })
	for range 2 {
		if _, err := v.Validate(t.Context(), "token", false); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.asked.Load(); got != 2 {
		t.Errorf("asked %d times", got)
	}
}

// A client that goes away fails nobody who waits for the same answer.
func TestValidateOutlivesItsClient(t *testing.T) {
	s := newScript(t)
	v := s.validator(t)
	arrived, proceed := make(chan struct{}), make(chan struct{})
	s.say(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-proceed
		s.say(nil)
		s.Config.Handler.ServeHTTP(w, r)
	})
	ctx, leave := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := v.Validate(ctx, "token", false)
		first <- err
	}()
	<-arrived
	go func() {
		_, err := v.Validate(t.Context(), "token", false)
		second <- err
	}()
	leave()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(proceed)
	if err := <-second; err != nil {
		t.Errorf("who stayed got %v", err)
	}
}

// Whatever goes wrong at Keystone is no judgement on the token, and no secret
// gets into the error.
func TestValidateFails(t *testing.T) {
	s := newScript(t)
	elsewhere := newScript(t)
	for what, answer := range map[string]http.HandlerFunc{
		"it answered 500 Internal Server Error": status(500, "token $TOKEN"),
		"it answered 503 Service Unavailable":   status(503, ""),
		"it answered 429 Too Many Requests":     status(429, ""),
		"it answered 400 Bad Request":           status(400, "$TOKEN"),
		"it answered 403 Forbidden":             status(403, "$TOKEN"),
		"it answered 401 Unauthorized":          status(401, "$TOKEN"),
		"it answered 404 Not Found":             status(404, "<html>no such page: $TOKEN</html>"),
		"it answered 302 Found":                 http.RedirectHandler(elsewhere.URL, http.StatusFound).ServeHTTP,
		"the answer is not JSON":                status(200, "welcome, $TOKEN"),
		"the answer has no token":               status(200, "{}"),
		"it did not answer in time":             func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(what, func(t *testing.T) {
			v := s.validator(t, func(c *Config) {
				if what == "it did not answer in time" {
					c.Timeout = 200 * time.Millisecond
				}
			})
			s.say(answer)
			for range 2 { // it is not remembered
				before := s.asked.Load()
				_, err := v.Validate(t.Context(), "t0ken", false)
				if err == nil || errors.Is(err, errInvalid) || !strings.Contains(err.Error(), what) {
					t.Errorf("got %v", err)
				}
				if err != nil && (strings.Contains(err.Error(), "t0ken") || strings.Contains(err.Error(), "own") || strings.Contains(err.Error(), secret)) {
					t.Errorf("there is a secret in %v", err)
				}
				if s.asked.Load() == before {
					t.Error("not asked")
				}
			}
			if h := v.Health(); h.Err == nil || h.LastFailure.IsZero() || !h.LastSuccess.IsZero() {
				t.Errorf("health %+v", h)
			}
		})
	}
	if got := elsewhere.asked.Load(); got > 0 {
		t.Error("a token was sent to where a redirection led")
	}
}

func TestValidateAsksForWellFormedTokensOnly(t *testing.T) {
	s := newScript(t)
	v := s.validator(t)
	for _, token := range []string{"", "a b", "a\nb", "é", strings.Repeat("x", maxToken+1)} {
		if _, err := v.Validate(t.Context(), token, false); !errors.Is(err, errInvalid) {
			t.Errorf("%.20q: %v", token, err)
		}
	}
	if got := s.asked.Load(); got > 0 {
		t.Errorf("asked %d times", got)
	}
}

func TestCheck(t *testing.T) {
	s := newScript(t)
	v := s.validator(t)
	if err := v.Check(t.Context()); err != nil {
		t.Error(err)
	}
	s.say(status(503, ""))
	if err := v.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v", err)
	}
	// A token that was revoked is replaced.
	var once sync.Once
	s.say(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { s.say(nil); status(404, refusal)(w, r) })
	})
	if err := v.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func BenchmarkHit(b *testing.B) {
	t := &Token{Expires: time.Now().Add(time.Hour), User: Owned{Named: Named{ID: "u"}}}
	v := &Validator{key: []byte("key"), valid: newMemory[*Token](10), refused: newMemory[struct{}](10)}
	token := strings.Repeat("gAAAAABr", 23)
	v.valid.put(digestOf(v.key, token), t, t.Expires)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Validate(b.Context(), token, false); err != nil {
			b.Fatal(err)
		}
	}
}
