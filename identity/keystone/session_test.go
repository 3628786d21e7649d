package keystone

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Many questions at the start are one login.
func TestOneLogin(t *testing.T) {
	s := newScript(t)
	v := s.validator(t)
	var all sync.WaitGroup
	for n := range 50 {
		all.Go(func() {
			if _, err := v.Validate(t.Context(), fmt.Sprint("token-", n), false); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := s.logins.Load(); got != 1 {
		t.Errorf("%d logins", got)
	}
}

// The own token is replaced before it ends.
func TestRenewal(t *testing.T) {
	for _, c := range []struct {
		life   time.Duration
		logins int64
	}{{renewal + time.Minute, 1}, {renewal - time.Second, 3}} {
		s := newScript(t)
		s.own = c.life
		v := s.validator(t)
		for n := range 3 {
			if _, err := v.Validate(t.Context(), fmt.Sprint("token-", n), false); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.logins.Load(); got != c.logins {
			t.Errorf("living for %v: %d logins, want %d", c.life, got, c.logins)
		}
	}
}

func TestRetries(t *testing.T) {
	for _, c := range []struct {
		drops   int64
		retries int
		ok      bool
	}{{0, 0, true}, {1, 0, false}, {2, 2, true}, {3, 2, false}} {
		s := newScript(t)
		s.drops.Store(c.drops)
		v := s.validator(t, func(config *Config) { config.Retries = c.retries })
		if _, err := v.Validate(t.Context(), "token", false); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// An answer that does not end is cut.
func TestAnswersAreBounded(t *testing.T) {
	s := newScript(t)
	v := s.validator(t)
	written := make(chan int, 1)
	s.say(func(w http.ResponseWriter, r *http.Request) {
		sent, chunk := 0, []byte(strings.Repeat(" ", 1<<20))
		for range 100 {
			n, err := w.Write(chunk)
			if sent += n; err != nil {
				break
			}
		}
		written <- sent
	})
	if _, err := v.Validate(t.Context(), "token", false); err == nil || !strings.Contains(err.Error(), "not JSON") {
		t.Errorf("got %v", err)
	}
	if got := <-written; got >= 100<<20 {
		t.Errorf("all of %d bytes were taken", got)
	}
}
