package budget_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/glancegate/glancegate/registry/budget"
)

const (
	mib   = 1 << 20
	limit = 64 * mib // of the process; half of it is counted
)

func TestSmallAnswersAreNotCounted(t *testing.T) {
	var b budget.Budget
	a := b.Open(t.Context(), limit)
	if err := a.More(t.Context(), budget.Allowance); err != nil || b.Used() != 0 {
		t.Errorf("%d bytes used, %v", b.Used(), err)
	}
	if err := a.Read(t.Context(), 1); err != nil || b.Used() == 0 {
		t.Errorf("%d bytes used, %v", b.Used(), err)
	}
	a.Close()
	if b.Used() != 0 {
		t.Errorf("%d bytes used in the end", b.Used())
	}
	if err := a.More(t.Context(), limit); err != nil || b.Used() != 0 {
		t.Errorf("%d bytes used after the end, %v", b.Used(), err)
	}
}

func TestOneAnswerAlone(t *testing.T) {
	var b budget.Budget
	a := b.Open(t.Context(), limit)
	defer a.Close()
	for range 2 { // what was read, and forgotten, counts no longer
		for range 30 {
			if err := a.Read(t.Context(), mib); err != nil {
				t.Fatal(err)
			}
		}
		a.Forget()
	}
	if err := a.Read(t.Context(), 33*mib); !errors.Is(err, budget.ErrTooLarge) {
		t.Errorf("33 MiB: %v", err)
	}
	if b.Refused() != 1 {
		t.Errorf("%d refused", b.Refused())
	}
}

// Who waits is served when another ends, and refused when it takes too long.
func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b budget.Budget
		first, second := b.Open(t.Context(), limit), b.Open(t.Context(), limit)
		if err := first.More(t.Context(), 31*mib); err != nil {
			t.Fatal(err)
		}
		if err := second.More(t.Context(), 2*mib); !errors.Is(err, budget.ErrBusy) {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := second.More(ctx, 2*mib); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		var waiting sync.WaitGroup
		waiting.Go(func() {
			if err := second.More(t.Context(), 2*mib); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		first.Less(31 * mib)
		waiting.Wait()
		first.Close()
		second.Close()
		if b.Used() != 0 {
			t.Errorf("%d bytes used in the end", b.Used())
		}
	})
}

// Where all that hold some wait for more, one after the other is refused, until
// the rest has enough; no request waits for the end of its waiting time.
func TestAllWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b budget.Budget
		var clients sync.WaitGroup
		var mu sync.Mutex
		served, began := 0, time.Now()
		for range 20 {
			clients.Go(func() {
				a := b.Open(t.Context(), limit)
				defer a.Close()
				for range 10 {
					if err := a.More(t.Context(), mib); err != nil {
						return
					}
					time.Sleep(time.Millisecond)
				}
				mu.Lock()
				defer mu.Unlock()
				served++
			})
		}
		clients.Wait()
		if served < 3 || time.Since(began) > time.Second || b.Used() != 0 {
			t.Errorf("%d of 20 served after %v, %d bytes used in the end", served, time.Since(began), b.Used())
		}
	})
}

// Eight read much at a time, and the others wait for them.
func TestEnter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b budget.Budget
		var clients sync.WaitGroup
		for range 40 {
			clients.Go(func() {
				a := b.Open(t.Context(), limit)
				defer a.Close()
				if err := a.Enter(t.Context()); err != nil {
					t.Error(err)
				}
				if err := a.Read(t.Context(), 4*mib); err != nil {
					t.Error(err)
				}
				if b.Used() > limit {
					t.Errorf("%d bytes used", b.Used())
				}
				time.Sleep(time.Second)
			})
		}
		clients.Wait()
	})
}

// Work that outlives a request has an account of its own.
func TestApart(t *testing.T) {
	var b budget.Budget
	a := b.Open(t.Context(), limit)
	ctx, end := budget.Apart(context.WithoutCancel(a))
	a.Close()
	if err := budget.Of(ctx).Read(ctx, mib); err != nil || b.Used() == 0 {
		t.Errorf("%d bytes used, %v", b.Used(), err)
	}
	end()
	if b.Used() != 0 {
		t.Errorf("%d bytes used in the end", b.Used())
	}
	if budget.Of(t.Context()) != nil || budget.Of(t.Context()).Read(t.Context(), limit) != nil {
		t.Error("a context without an account counts")
	}
}
