package cachetest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// History is which value of an image was acknowledged when. Values count up, and
// each is written after the one before it was acknowledged.
type History struct {
	mu    sync.Mutex
	acked []time.Time // by value
}

// Ack notes that a value was acknowledged.
func (h *History) Ack(value int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if value != len(h.acked) {
		panic(fmt.Sprintf("value %d is acknowledged after %d", value, len(h.acked)-1))
	}
	h.acked = append(h.acked, time.Now())
}

// Staleness is for how long a later value had been acknowledged when a request
// began that answered with this one; 0 for the newest.
func (h *History) Staleness(value int, began time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if value+1 >= len(h.acked) {
		return 0 // it may be newer than what is acknowledged
	}
	return max(0, began.Sub(h.acked[value+1]))
}

// Sample is the staleness of many answers.
type Sample struct {
	mu   sync.Mutex
	ages []time.Duration
}

// Add adds an answer.
func (s *Sample) Add(age time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ages = append(s.ages, age)
}

// Max is the staleness of the worst answer.
func (s *Sample) Max() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ages) == 0 {
		return 0
	}
	return slices.Max(s.ages)
}

func (s *Sample) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ages) == 0 {
		return "no answers"
	}
	slices.Sort(s.ages)
	at := func(share float64) time.Duration {
		return s.ages[min(len(s.ages)-1, int(share*float64(len(s.ages))))].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("%d answers, stale by p50 %v, p90 %v, p99 %v, p99.9 %v, max %v",
		len(s.ages), at(.5), at(.9), at(.99), at(.999), at(1))
}

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
	for began := time.Now(); ctx.Err() == nil; kit.Pause(ctx, 10*time.Millisecond) {
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
