package keystone

import (
	"strconv"
	"testing"
	"time"
)

func TestMemory(t *testing.T) {
	key := []byte("key")
	now := time.Now()
	m := newMemory[int](3)
	for n := range 4 {
		m.put(digestOf(key, strconv.Itoa(n)), n, now.Add(time.Minute))
	}
	if _, ok := m.get(digestOf(key, "0"), now); ok {
		t.Error("there are more than three")
	}
	if n, ok := m.get(digestOf(key, "3"), now.Add(time.Minute-1)); !ok || n != 3 {
		t.Errorf("got %d, %v", n, ok)
	}
	if _, ok := m.get(digestOf(key, "3"), now.Add(time.Minute)); ok {
		t.Error("remembered for too long")
	}
	if _, ok := m.get(digestOf([]byte("another key"), "2"), now); ok {
		t.Error("found with another key")
	}
}
