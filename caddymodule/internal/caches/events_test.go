package caches

import (
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/cache"
)

// However many reasons an outage has, it is one break, and the state has the
// latest reason.
func TestReasonsOfOneBreak(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(feedBreaks)
	breaks := func() float64 {
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		return families[0].Metric[0].Counter.GetValue()
	}
	before := breaks()
	f := &followed{Cache: cache.New(cache.Config{Size: 1 << 20, Followed: true}), events: &events{database: "db"}}
	lags, left := errors.New("the node lags"), errors.New("the node has left")
	for _, reason := range []error{lags, left, lags} {
		f.Down(reason)
		if got := f.State().Reason; got != reason {
			t.Errorf("the reason is %v, want %v", got, reason)
		}
	}
	if n := breaks() - before; n != 1 {
		t.Errorf("%v breaks, want 1", n)
	}
	if len(f.logged) != 2 {
		t.Errorf("logged %v", f.logged)
	}
	f.Up()
	f.Down(lags)
	if n := breaks() - before; n != 2 {
		t.Errorf("%v breaks, want 2", n)
	}
}
