package cache_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/registry/records"
)

// endless has an image for every other id.
type endless struct {
	records.Store
	asked int
}

func (e *endless) Image(_ context.Context, id string) (*records.Image, error) {
	if e.asked++; e.asked%2 == 0 {
		return nil, records.ErrImageNotFound(id)
	}
	text := func(n int) records.Null[string] { return records.NullOf(string(make([]byte, n))) }
	image := &records.Image{ID: id, Name: text(20), Status: fmt.Sprint("active", e.asked), Owner: text(32), Checksum: text(32)}
	for n := range 1 + e.asked%7 {
		image.Properties = append(image.Properties, records.Property{RowID: int64(n), Name: fmt.Sprint("property_", n), Value: text(1 + e.asked%50)})
	}
	image.Locations = []records.Location{{URL: string(make([]byte, 80)), Metadata: records.NullOf("{}"), Status: fmt.Sprint("active", e.asked)}}
	return image, nil
}

// scanned is how many ids are looked at.
var scanned = 1_000_000

// A million ids, looked at once each, take no more memory than the setting says,
// and 30 % for what the estimate of it misses.
func TestMemoryIsBounded(t *testing.T) {
	const budget = 32 << 20
	before := heap()
	c := cache.New(cache.Config{Store: &endless{}, Size: budget, TTL: time.Hour})
	peak := uint64(0)
	for n := range scanned {
		image, err := c.Image(t.Context(), fmt.Sprintf("c0ffee00-0000-4000-8000-%012d", n))
		if err == nil {
			form := func(dst []byte) ([]byte, error) { return append(dst, make([]byte, 500)...), nil }
			if _, err := image.AppendForm(nil, 0, form); err != nil {
				t.Fatal(err)
			}
		}
		if n%(scanned/5) == scanned/5-1 {
			peak = max(peak, heap()-before)
		}
	}
	values, bytes := c.State().Values, c.State().Bytes
	t.Logf("%d values count %d bytes and take %d, %.2f of the budget", values, bytes, peak, float64(peak)/budget)
	if peak > budget*13/10 {
		t.Errorf("the cache takes %d bytes, its budget is %d", peak, budget)
	}
	if bytes < budget/2 {
		t.Errorf("only %d bytes of %d are used", bytes, budget)
	}
	runtime.KeepAlive(c)
}

// heap is the memory in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
