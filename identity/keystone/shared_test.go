package keystone

import (
	"context"
	"encoding/json"
	"testing"
	"time"
)

// board is a Shared of one process.
type board map[string][]byte

func (b board) Get(_ context.Context, token string) ([]byte, bool) {
	value, ok := b[token]
	return value, ok
}

func (b board) Set(_ context.Context, token string, value []byte, _ time.Duration) { b[token] = value }

func TestSharedRecords(t *testing.T) {
	now := time.Now()
	good := Token{Expires: now.Add(time.Hour), User: Owned{Named: Named{ID: "other"}}, Roles: []Named{{Name: "Boss"}}}
	expired, nameless := good, good
	expired.Expires = now.Add(-time.Second)
	nameless.User.ID = ""
	marshalled := func(r record) []byte {
		value, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	for name, c := range map[string]struct {
		value []byte
		used  bool
	}{
		"good":          {marshalled(record{&good, now.Add(time.Minute)}), true},
		"good for long": {marshalled(record{&good, now.Add(24 * time.Hour)}), true},
		"old":           {marshalled(record{&good, now.Add(-time.Second)}), false},
		"expired":       {marshalled(record{&expired, now.Add(time.Minute)}), false},
		"nobody":        {marshalled(record{&nameless, now.Add(time.Minute)}), false},
		"empty":         {marshalled(record{}), false},
		"no JSON":       {[]byte("{"), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			v := s.validator(t, func(c *Config) { c.CacheTime = 2 * time.Second })
			b := board{"token": c.value}
			v.Shared = b
			token, err := v.Validate(t.Context(), "token", false)
			if err != nil || (token.User.ID == "other") != c.used || (s.asked.Load() == 0) != c.used {
				t.Fatalf("got %+v, %v; asked %d times", token, err, s.asked.Load())
			}
			if c.used && token.claims().Roles[0] != "boss" {
				t.Errorf("roles %q", token.claims().Roles)
			}
			// It is remembered for as long as this gateway remembers.
			q := v.question("token", false)
			if _, ok := v.valid.get(q.valid, now.Add(time.Second)); !ok {
				t.Error("not remembered")
			}
			if _, ok := v.valid.get(q.valid, now.Add(10*time.Second)); ok {
				t.Error("remembered for too long")
			}
			if !c.used {
				var r record
				if err := json.Unmarshal(b["token"], &r); err != nil || r.Token == nil || r.Token.User.ID != "u" || r.Until.After(time.Now().Add(2*time.Second)) {
					t.Errorf("shared %s", b["token"])
				}
			}
		})
	}
}
