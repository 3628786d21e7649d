package shared_test

import (
	"fmt"
	"sync"
	"time"
)

// maxWait is redisdb.Timeout with a margin for machines that have other things
// to do.
const maxWait = 500 * time.Millisecond

// busy lets gateways read, store and change all the time until the function that
// it returns is called, which wants that no call has taken long.
func busy(gateways ...*gateway) (stop func()) {
	done := make(chan struct{})
	var running sync.WaitGroup
	for _, g := range gateways {
		longest := map[string]time.Duration{}
		timed := func(what string, call func()) {
			start := time.Now()
			call()
			longest[what] = max(longest[what], time.Since(start))
		}
		running.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					for what, took := range longest {
						if took > maxWait {
							g.t.Errorf("%s took %s", what, took)
						}
					}
					return
				case <-time.After(time.Millisecond):
				}
				id := fmt.Sprint("busy-", n%100)
				timed("Get", func() {
					if value, ticket := g.get(id); value == "" {
						timed("Put", func() { g.Put(ticket, []byte("value"), time.Now()) })
					}
				})
				if n%10 == 0 {
					timed("Invalidate", func() { g.Invalidate([]string{id}, n%20 == 0) })
				}
			}
		})
	}
	return func() { close(done); running.Wait() }
}
