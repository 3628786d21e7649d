package imagesv1

import (
	"flag"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"
)

// gibibytes is how much a long run moves each way.
var gibibytes = flag.Int64("imagesv1.gibibytes", 0, "how many GiB the largest image has; 0: 256 MiB")

// streams moves data that no memory should hold.
func (p *place) streams(t *testing.T) {
	size := p.most
	wantSize, wantSum := sum(t, &pattern{left: size})
	most := highWater(t)
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
	after := most()
	t.Logf("%d MiB each way: the heap has grown by %d MiB; resident were %d MiB before, and %d at most", size/mebibyte,
		after.heap/mebibyte, after.before/mebibyte, after.resident/mebibyte)
	if after.heap > bound || after.resident-after.before > bound {
		t.Errorf("the memory has grown by more than %d MiB", bound/mebibyte)
	}
	p.call(t, "DELETE", path).expect(t, 200)
}

// memory is what a process used, in bytes.
type memory struct {
	heap             int64 // how much it was larger than at the beginning
	before, resident int64 // at the beginning, and at most
}

// highWater measures the memory of this process, gateway and test, until its result
// is called.
func highWater(t *testing.T) (end func() memory) {
	t.Helper()
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	before := int64(stats.HeapInuse)
	m := memory{before: resident(t)}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		var stats runtime.MemStats
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				runtime.ReadMemStats(&stats)
				m.heap = max(m.heap, int64(stats.HeapInuse)-before)
				m.resident = max(m.resident, resident(t))
			}
		}
	}()
	return func() memory {
		close(stop)
		<-stopped
		return m
	}
}

// resident is how much memory this process has.
func resident(t *testing.T) int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Error(err)
		return 0
	}
	fields := strings.Fields(string(text))
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		t.Error(err)
	}
	return pages * int64(os.Getpagesize())
}
