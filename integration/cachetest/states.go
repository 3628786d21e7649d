package cachetest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
)

// States is what caches said of themselves, one after the other.
type States struct {
	mu   sync.Mutex
	said []state
}

type state struct {
	at      time.Duration // since the beginning
	cache   string        // its database
	serving bool
	reason  string
}

func (s state) String() string {
	what := "serving"
	if !s.serving {
		what = "not serving: " + s.reason
	}
	return fmt.Sprintf("%5.2fs %s: %s", s.at.Seconds(), s.cache, what)
}

// Observe notes what changes until ctx ends.
func (s *States) Observe(ctx context.Context, admin Admin) {
	last := map[string]state{}
	for began := time.Now(); ctx.Err() == nil; wait(ctx, 10*time.Millisecond) {
		caches, err := admin.Caches()
		if err != nil {
			continue
		}
		for _, c := range caches {
			now := state{cache: c.Database, serving: c.Serving, reason: c.Reason}
			if before, ok := last[c.Database]; ok && before == now {
				continue
			}
			last[c.Database] = now
			now.at = time.Since(began)
			s.mu.Lock()
			s.said = append(s.said, now)
			s.mu.Unlock()
		}
	}
}

// Downs is how often caches were out of use for a reason.
func (s *States) Downs(reason *regexp.Regexp) (count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, state := range s.said {
		if !state.serving && reason.MatchString(state.reason) {
			count++
		}
	}
	return count
}

func (s *States) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var text strings.Builder
	for _, state := range s.said {
		fmt.Fprintf(&text, "\n%v", state)
	}
	return text.String()
}
