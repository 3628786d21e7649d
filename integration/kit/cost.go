package kit

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

const (
	// Whatever an input is, it costs no more than that.
	costOfAny   = 50 * time.Millisecond
	costOfByte  = 10 * time.Nanosecond
	memoryOfAny = 16 << 20 // bytes
	memoryOf    = 256      // bytes for each of the input

	// costMargin is for the race detector, and for code that fuzzing watches.
	costMargin = 10
)

// Cheap begins to measure what an input of so many bytes costs. The function that it
// returns fails the test if that is more processor time or memory than any input may
// take. The time is that of the thread, so that other work on the machine does not
// count.
func Cheap(t testing.TB, bytes int) (end func()) {
	runtime.LockOSThread()
	memory, began := allocated(), threadTime()
	return func() {
		t.Helper()
		took, memory := threadTime()-began, allocated()-memory
		runtime.UnlockOSThread()
		if most := costMargin * (costOfAny + time.Duration(bytes)*costOfByte); took > most {
			t.Errorf("an input of %d bytes takes %v of processor time, more than %v", bytes, took, most)
		}
		if most := uint64(memoryOfAny + bytes*memoryOf); memory > most {
			t.Errorf("an input of %d bytes takes %d bytes of memory, more than %d", bytes, memory, most)
		}
	}
}

// allocated is what the process has allocated so far, in bytes.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
