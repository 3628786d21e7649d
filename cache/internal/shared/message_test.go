package shared_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

func TestTellsOfChanges(t *testing.T) {
	a, b := patientPair(t, servers.NewRedis(t))
	a.Invalidate([]string{"x", "y"}, true)
	b.expectReceived("x", "y")
	// The others receive nothing of what is not sent, until the next message.
	b.put("z", "value")
	a.Invalidate([]string{"z"}, false)
	b.lacks("z", "though it was changed")
	a.Invalidate([]string{"x"}, true)
	b.expectReceived("x")
	b.Invalidate([]string{"y"}, true)
	a.expectReceived("y") // and nothing of its own
}

func TestTellsOfEverything(t *testing.T) {
	a, b := patientPair(t, servers.NewRedis(t))
	a.put("x", "value")
	ids := make([]string, 1001)
	for n := range ids {
		ids[n] = fmt.Sprint(n)
	}
	for _, change := range []func(){a.InvalidateAll, func() { a.Invalidate(ids, true) }, func() { a.Invalidate(ids, false) }} {
		a.put("x", "value")
		agree(a, b)
		change()
		a.lacks("x", "though everything has changed")
		b.expectReceived("*")
		b.lacks("x", "though everything has changed")
		a.await("in use", func() bool { return a.Agrees(b.Tier) })
	}
	if a.count("down") > 0 || b.count("down") > 0 {
		t.Error("it takes Redis for down")
	}
	agree(a, b)
	a.Invalidate(ids[:1000], true)
	b.expectReceived(ids[:1000]...)
}

// Changes that come together are sent together, and none gets lost.
func TestTellsOfManyChanges(t *testing.T) {
	a, b := patientPair(t, servers.NewRedis(t))
	var all []string
	var running sync.WaitGroup
	for n := range 100 {
		id := fmt.Sprintf("image-%d", n)
		all = append(all, id)
		running.Go(func() { a.Invalidate([]string{id}, true) })
	}
	running.Wait()
	b.expectReceived(all...)
	agree(a, b)
}

// A gateway that has missed a message drops everything.
func TestNoticesLostMessages(t *testing.T) {
	s := servers.StartRedis(t)
	a := start(t, s.URL)
	agree(a)
	say := func(number int, ids string) {
		s.Do("PUBLISH", a.Channel(), fmt.Sprintf(`{"node":"other","number":%d,"ids":[%s]}`, number, ids))
	}
	say(7, `"x"`)
	a.expectReceived("x")
	say(8, `"y","z"`)
	a.expectReceived("y", "z")
	say(10, `"x"`)
	a.expectReceived("*")
	say(11, `"x"`)
	a.expectReceived("x")
	say(3, `"x"`) // from the past
	a.expectReceived("*")
}

// A message that is not understood may have been about any change.
func TestDropsEverythingForGarbage(t *testing.T) {
	s := servers.StartRedis(t)
	a, b := patientPair(t, s.URL)
	for _, text := range []string{
		"", "{", "null", "{}", "[]", "\x00\xff", `{"node":"x","number":-1}`, `{"node":"x","number":1,"ids":[1]}`,
		`{"node":"x","number":1,"epoch":"!"}`, `{"node":"x","number":2,"epoch":"AAAA"}`, strings.Repeat("x", 1<<20),
	} {
		s.Do("PUBLISH", a.Channel(), text)
		a.expectReceived("*")
		b.expectReceived("*")
	}
	a.put("x", "value")
	b.holds("x", "value")
}

// Gateways that begin epochs at the same time come to use one.
func TestAgreesOnEpochs(t *testing.T) {
	s := servers.StartRedis(t)
	a, b := patientPair(t, s.URL)
	c := start(t, s.URL)
	for n := range 20 {
		id := fmt.Sprint("image-", n)
		a.put(id, "before")
		var running sync.WaitGroup
		for _, g := range []*gateway{a, b, c} {
			running.Go(g.InvalidateAll)
		}
		running.Wait()
		agree(a, b, c)
		b.lacks(id, "though its epoch is over")
		a.put(id, "after")
		b.holds(id, "after")
		c.holds(id, "after")
	}
	// An epoch of one gateway is that of all.
	epoch := base64.StdEncoding.EncodeToString(make([]byte, 16))
	s.Do("PUBLISH", a.Channel(), `{"node":"other","number":1,"epoch":"`+epoch+`"}`)
	a.expectReceived("*")
	b.expectReceived("*")
	c.expectReceived("*")
	b.lacks("image-0", "though its epoch is over")
	b.put("image-0", "afterwards")
	a.holds("image-0", "afterwards")
}
