package imagesv1

import (
	"flag"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// gibibytes is how much a long run moves each way.
var gibibytes = flag.Int64("imagesv1.gibibytes", 0, "how many GiB the largest image has; 0: 256 MiB")

// streams moves data that no memory should hold.
func (p *place) streams(t *testing.T) {
	size := p.most
	wantSize, wantSum := sum(t, &pattern{left: size})
	most := highWater()
	start := time.Now()
	path := p.active(t, size)
	t.Logf("up: %.0f MiB/s", float64(size)/mebibyte/time.Since(start).Seconds())
	head := p.call(t, "HEAD", path).expect(t, 200)
	if got := head.meta("checksum"); got != wantSum {
		t.Errorf("checksum %s, want %s", got, wantSum)
	}
	start = time.Now()
	response, err := http.DefaultClient.Do(p.request(t, "GET", path, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	gotSize, gotSum := sum(t, response.Body)
	t.Logf("down: %.0f MiB/s", float64(size)/mebibyte/time.Since(start).Seconds())
	if gotSize != wantSize || gotSum != wantSum || response.ContentLength != wantSize {
		t.Errorf("got %d bytes of %d, %s, want %d, %s", gotSize, response.ContentLength, gotSum, wantSize, wantSum)
	}
	const bound = 64 * mebibyte
	if grown := most(); grown > bound {
		t.Errorf("the heap has grown by %d MiB", grown/mebibyte)
	} else {
		t.Logf("the heap has grown by %d MiB", grown/mebibyte)
	}
	p.call(t, "DELETE", path).expect(t, 200)
}

// highWater measures the heap of this process, gateway and test, until its result
// is called, which tells by how many bytes it was larger than at the beginning.
func highWater() (grown func() int64) {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	before := int64(stats.HeapInuse)
	var most atomic.Int64
	stop := make(chan struct{})
	go func() {
		var stats runtime.MemStats
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				runtime.ReadMemStats(&stats)
				most.Store(max(most.Load(), int64(stats.HeapInuse)-before))
			}
		}
	}()
	return func() int64 {
		close(stop)
		return most.Load()
	}
}
