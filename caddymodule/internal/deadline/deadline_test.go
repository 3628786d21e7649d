package deadline

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"
)

func begun(parent context.Context, at time.Time) *Context {
	c := new(Context)
	c.Begin(parent, at)
	return c
}

// It does what a context of the standard library does, whether something waits or not.
func TestContext(t *testing.T) {
	type key struct{}
	past, future := time.Now().Add(-time.Second), time.Now().Add(time.Hour)
	parents := map[string]func() context.Context{
		"background": context.Background,
		"value":      func() context.Context { return context.WithValue(context.Background(), key{}, "value") },
		"cancelled": func() context.Context {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return ctx
		},
		"earlier": func() context.Context {
			ctx, cancel := context.WithDeadline(context.Background(), future.Add(-time.Minute))
			t.Cleanup(cancel)
			return ctx
		},
	}
	for name, parent := range parents {
		for _, at := range []time.Time{past, future, {}} {
			for _, end := range []bool{false, true} {
				for _, wait := range []bool{false, true} {
					ctx := parent()
					got := begun(ctx, at)
					want, cancel := context.WithCancel(ctx)
					if !at.IsZero() {
						cancel()
						want, cancel = context.WithDeadline(ctx, at)
					}
					if wait {
						got.Done()
					}
					if end {
						got.End()
						cancel()
					}
					if got.Err() != want.Err() && !(errors.Is(want.Err(), context.Canceled) && at.Equal(past)) {
						t.Errorf("%s, deadline %v, ended %v, waiting %v: error %v; want %v", name, at, end, wait, got.Err(), want.Err())
					}
					gotAt, gotOK := got.Deadline()
					if wantAt, wantOK := want.Deadline(); !gotAt.Equal(wantAt) || gotOK != wantOK {
						t.Errorf("%s: deadline %v, %v; want %v, %v", name, gotAt, gotOK, wantAt, wantOK)
					}
					if got.Value(key{}) != want.Value(key{}) {
						t.Errorf("%s: value %v", name, got.Value(key{}))
					}
					select {
					case <-got.Done():
						if want.Err() == nil {
							t.Errorf("%s: it is done", name)
						}
					default:
						if want.Err() != nil {
							t.Errorf("%s: it is not done", name)
						}
					}
					cancel()
					got.End()
				}
			}
		}
	}
}

func TestDeadlinePasses(t *testing.T) {
	at := time.Now().Add(20 * time.Millisecond)
	c := begun(context.Background(), at)
	defer c.End()
	if c.Err() != nil && time.Now().Before(at) {
		t.Fatal("too early")
	}
	<-c.Done()
	if c.Err() != context.DeadlineExceeded {
		t.Error(c.Err())
	}
}

// A context that is made of it ends with it, and needs no goroutine for that.
func TestChildren(t *testing.T) {
	c := begun(context.Background(), time.Now().Add(time.Hour))
	before := runtime.NumGoroutine()
	var children []context.Context
	for range 10 {
		child, cancel := context.WithCancel(c)
		defer cancel()
		children = append(children, child)
	}
	if more := runtime.NumGoroutine() - before; more > 0 {
		t.Errorf("%d goroutines for 10 children", more)
	}
	c.End()
	for _, child := range children {
		<-child.Done()
	}
}

func TestConcurrently(t *testing.T) {
	for range 200 {
		c := begun(context.Background(), time.Now().Add(time.Hour))
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() { <-c.Done() })
			wait.Go(func() { _ = c.Err() })
		}
		wait.Go(c.End)
		wait.Wait()
	}
}

func TestAllocations(t *testing.T) {
	var c Context
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() {
		c = Context{}
		c.Begin(ctx, time.Now().Add(time.Hour))
		_ = c.Err()
		c.End()
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
