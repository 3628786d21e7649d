package shared_test

import (
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/integration/servers"
)

// A value that this gateway, or one with its secret, has not stored under this
// name is none, and is counted.
func TestRefusesForeignValues(t *testing.T) {
	s := servers.StartRedis(t)
	a := start(t, s.URL)
	stranger := prepare(t, s.URL, func(c *shared.Config) { c.Sealer = sealer(t, "another secret 16") })
	stranger.RaiseTimeout()
	stranger.start()
	agree(a, stranger)
	const id = "image"
	key := a.Record(id).Key()
	stored := func(id string) string {
		a.put(id, "value")
		text, _ := s.Do("GET", a.Record(id).Key()).(string)
		return text
	}
	for name, spoil := range map[string]func(){
		"text":           func() { s.Do("SET", key, "value", "EX", 60) },
		"nothing":        func() { s.Do("SET", key, "", "EX", 60) },
		"without TTL":    func() { s.Do("SET", key, "value") },
		"a list":         func() { s.Do("DEL", key); s.Do("RPUSH", key, "value") },
		"a hash":         func() { s.Do("DEL", key); s.Do("HSET", key, "field", "value") },
		"cut":            func() { s.Do("SET", key, stored(id)[:30], "EX", 60) },
		"extended":       func() { s.Do("SET", key, stored(id)+"x", "EX", 60) },
		"of another id":  func() { s.Do("SET", key, stored("other"), "EX", 60) },
		"no header":      func() { s.Do("SET", key, string(sealer(t, secret).Seal(key, []byte("value"))), "EX", 60) },
		"another format": func() { s.Do("SET", key, string(sealer(t, secret).Seal(key, make([]byte, 100))), "EX", 60) },
		"another secret": func() { stranger.put(id, "theirs") },
	} {
		t.Run(name, func(t *testing.T) {
			a.t, stranger.t = t, t
			a.get(id) // makes the token
			spoil()
			agree(a)
			value, ticket := a.get(id)
			if value != "" || a.count("refused") != 1 {
				t.Errorf("found %q, %d refused", value, a.count("refused"))
			}
			a.putAt(ticket, "ours", time.Now())
			a.holds(id, "ours")
			if a.count("down") > 0 {
				t.Error("it takes Redis for down")
			}
			s.Do("DEL", key)
		})
	}
}

// What is no token is replaced by one.
func TestReplacesForeignTokens(t *testing.T) {
	s := servers.StartRedis(t)
	a := start(t, s.URL)
	agree(a)
	const id = "image"
	group := a.Record(id).Group()
	for name, spoil := range map[string]func(){
		"a list":      func() { s.Do("RPUSH", group, "0123456789abcdef") },
		"short":       func() { s.Do("SET", group, "0123456789abcde", "EX", 60) },
		"long":        func() { s.Do("SET", group, "0123456789abcdef0", "EX", 60) },
		"empty":       func() { s.Do("SET", group, "", "EX", 60) },
		"without TTL": func() { s.Do("SET", group, "0123456789abcdef") },
	} {
		t.Run(name, func(t *testing.T) {
			a.t = t
			a.put(id, "old")
			s.Do("DEL", group)
			spoil()
			a.lacks(id, "though the token of its group is none")
			a.put(id, "value")
			if ttl := s.Do("PTTL", group).(int64); ttl <= 0 {
				t.Errorf("the TTL of the group is %d", ttl)
			}
			if a.count("down") > 0 {
				t.Error("it takes Redis for down")
			}
			s.Do("FLUSHALL")
		})
	}
}

// Nothing stays in Redis for ever, and what was asked for can't be read there
// or answered.
func TestLeavesNoTraces(t *testing.T) {
	s := servers.StartRedis(t)
	a, b := patientPair(t, s.URL)
	a.put("image", "s3cret answer")
	a.putNamed(a.List("owner=s3cret"), "s3cret answer")
	b.Invalidate([]string{"image", "other"}, true)
	a.put("image", "s3cret answer")
	a.putNamed(a.List("owner=s3cret"), "s3cret answer")
	keys, _ := s.Do("KEYS", "*").([]any)
	if len(keys) < 5 { // two values, their groups, the epoch
		t.Errorf("keys %q", keys)
	}
	for _, key := range keys {
		name, _ := key.(string)
		value, _ := s.Do("GET", name).(string)
		ttl, _ := s.Do("PTTL", name).(int64)
		if ttl <= 0 || ttl > time.Hour.Milliseconds() {
			t.Errorf("%s: the TTL is %d ms", name, ttl)
		}
		if !strings.HasPrefix(name, "test:") || strings.Contains(name+value, "s3cret") {
			t.Errorf("%q has the value %q", name, value)
		}
	}
}
