// Package budget bounds the memory of the answers that are under way in a process:
// of what was read for them, and of their text until the client has taken it.
package budget

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// Allowance is what each request may take without being counted, in bytes. Most
// need less.
const Allowance = 64 << 10

// step is by how much more a request takes at a time.
const step = 256 << 10

// waitTime is how long a request waits for memory that others hold; with a
// connection of the database in its hand it waits for hurry only, as others need that.
const (
	waitTime = 10 * time.Second
	hurry    = time.Second
)

// garbage is how many bytes of the process a counted one stands for: Go's
// collector lets the heap grow to twice of what is in use.
const garbage = 2

// The errors are of kind Unavailable.
var (
	// ErrBusy says that other answers left too little.
	ErrBusy = records.Errorf(records.Unavailable,
		"Too many large answers are under way (limits answers); try again later, or ask for fewer at a time")

	// ErrTooLarge says that one answer alone needs more than there is.
	ErrTooLarge = records.Errorf(records.Unavailable,
		"The answer is larger than the gateway allows (limits answers); ask for fewer at a time, with limit and marker")
)

// Is reports whether an error is one of a Budget.
func Is(err error) bool { return errors.Is(err, ErrBusy) || errors.Is(err, ErrTooLarge) }

// Message is what a client gets to read about such an error.
func Message(err error) string {
	if errors.Is(err, ErrTooLarge) {
		return ErrTooLarge.Message
	}
	return ErrBusy.Message
}

// Budget is what all answers of a process take together. Its zero value is ready.
type Budget struct {
	refused atomic.Uint64

	mu      sync.Mutex
	used    int64 // bytes
	holders int   // accounts that hold some of it
	stuck   int   // those of them that wait for more
	waiting []*waiter
}

// Used is what the answers under way take, in bytes of the process.
func (b *Budget) Used() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used * garbage
}

// Refused is how many answers found no memory.
func (b *Budget) Refused() uint64 { return b.refused.Load() }

// waiter is an account that waits for bytes.
type waiter struct {
	account *Account
	bytes   int64
	result  chan error // has room for the one result
}

// take gives an account bytes, and lets it wait where there are none left.
func (b *Budget) take(ctx context.Context, a *Account, bytes int64, wait time.Duration) error {
	b.mu.Lock()
	if b.fits(a, bytes) {
		b.give(a, bytes)
		b.mu.Unlock()
		return nil
	}
	if a.held+bytes > a.limit {
		b.mu.Unlock()
		b.refused.Add(1)
		return ErrTooLarge
	}
	w := &waiter{a, bytes, make(chan error, 1)}
	b.waiting = append(b.waiting, w)
	if a.held > 0 {
		b.stuck++
	}
	b.settle()
	b.mu.Unlock()

	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case err := <-w.result:
		return err
	case <-timer.C:
		return b.giveUp(w, ErrBusy)
	case <-ctx.Done():
		return b.giveUp(w, ctx.Err())
	}
}

func (b *Budget) fits(a *Account, bytes int64) bool { return b.used+bytes <= a.limit }

func (b *Budget) give(a *Account, bytes int64) {
	if a.held == 0 && bytes > 0 {
		b.holders++
	}
	a.held += bytes
	b.used += bytes
}

// back takes bytes back from an account.
func (b *Budget) back(a *Account, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.held -= bytes; a.held == 0 && bytes > 0 {
		b.holders--
	}
	b.used -= bytes
	b.settle()
}

// giveUp ends waiting, unless there is a result by now.
func (b *Budget) giveUp(w *waiter, err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, other := range b.waiting {
		if other == w {
			b.leave(n, err)
			break
		}
	}
	return <-w.result
}

// leave ends the waiting of one with a result.
func (b *Budget) leave(n int, result error) {
	w := b.waiting[n]
	b.waiting = append(b.waiting[:n], b.waiting[n+1:]...)
	if w.account.held > 0 {
		b.stuck--
	}
	if result != nil {
		b.refused.Add(1)
	} else {
		b.give(w.account, w.bytes)
	}
	w.result <- result
}

// settle serves those who wait: first who holds some already, since only they give
// something back. If all of them wait, the one that came last is refused.
func (b *Budget) settle() {
	for _, holding := range []bool{true, false} {
		for n := 0; n < len(b.waiting); {
			if w := b.waiting[n]; w.account.held > 0 == holding && b.fits(w.account, w.bytes) {
				b.leave(n, nil)
				continue
			}
			n++
		}
	}
	if b.stuck == 0 || b.stuck < b.holders {
		return
	}
	for n := len(b.waiting) - 1; n >= 0; n-- {
		if b.waiting[n].account.held > 0 {
			b.leave(n, ErrBusy)
			return // it gives back what it holds when it ends
		}
	}
}
