package cache_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// Who asks a slow database later than a ttl after others did gets an answer of
// his own: theirs is too old for him.
func TestALateReaderJoinsNoOldFlight(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db, ttl(20*time.Millisecond))
	gates := n.store.block()
	first := make(chan string)
	go func() { first <- n.name(imageID) }()
	gates.arrive()
	gates.next()
	gates.arrive() // it has read, and its answer is on its way
	rename(t, db, imageID, "new")
	began := time.Now()
	n.await("of another age", func() bool { return time.Since(began) > 40*time.Millisecond })
	late := make(chan string, 1)
	go func() { late <- n.name(imageID) }()
	select {
	case got := <-late:
		if got != "new" {
			t.Errorf("the late reader got the %s row", got)
		}
	case <-time.After(5 * time.Second):
		t.Error("the late reader waits for the old flight")
	}
	gates.next()
	<-first
	n.await("new", func() bool { return n.name(imageID) == "new" })
}

// broken panics.
type broken struct{ records.Store }

func (broken) Image(context.Context, string) (*records.Image, error) { panic("what a driver may do") }

func (broken) Images(context.Context, *records.Query) ([]*records.Image, error) {
	panic("what a driver may do")
}

// A panic in a read that others may wait for is an error of those, not the end
// of the process.
func TestAPanicIsAnError(t *testing.T) {
	n := newNode(t, oneDatabase(t))
	n.store.Store = broken{n.store.Store}
	_, err := n.Image(t.Context(), imageID)
	if err == nil || !strings.Contains(err.Error(), "what a driver may do") || !strings.Contains(err.Error(), "flight_test.go") {
		t.Errorf("Image: %v", err)
	}
	if _, err := n.Images(t.Context(), query("p")); err == nil || !strings.Contains(err.Error(), "what a driver may do") {
		t.Errorf("Images: %v", err)
	}
}

// A report of a feed counts for two seconds: the server, the feed or this process
// may have stood still or be behind, and what has changed meanwhile is still to be
// told.
func TestAFeedThatIsBehind(t *testing.T) {
	db := oneDatabase(t)
	n := newNode(t, db, followed)
	n.Up()
	n.wants(imageID, "old")
	if s := n.State(); s.Serving || s.Reason == nil || s.Lag != 0 {
		t.Errorf("the state is %+v before the first Current", s)
	}
	n.Follow()
	n.wants(imageID, "old")
	rename(t, db, imageID, "new")
	n.wants(imageID, "old")
	n.Age(3 * time.Second)
	n.wants(imageID, "new")
	if s := n.State(); s.Serving || s.Reason == nil || s.Lag < 3*time.Second {
		t.Errorf("the state is %+v", s)
	}
	n.Changed(imageID)
	n.Current(time.Now().Add(-3 * time.Second)) // an answer that took too long
	if s := n.State(); s.Serving {
		t.Errorf("the state is %+v", s)
	}
	n.Current(time.Now())
	n.wants(imageID, "new")
	if s := n.State(); !s.Serving || s.Reason != nil {
		t.Errorf("the state is %+v", s)
	}
}
