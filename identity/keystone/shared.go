package keystone

import (
	"context"
	"encoding/json"
	"time"
)

// Shared is a memory that gateways share. Its failures count as unknown tokens.
//
// It must store neither tokens nor values in a form that others can read or forge: a
// forged value decides who a caller is.
type Shared interface {
	Get(ctx context.Context, token string) (value []byte, ok bool)
	Set(ctx context.Context, token string, value []byte, ttl time.Duration)
}

// record is a value of a Shared.
type record struct {
	Token *Token    `json:"token"`
	Until time.Time `json:"until"` // not to be used from then on
}

// recallShared answers from the shared memory.
func (v *Validator) recallShared(ctx context.Context, q question) (*Token, bool) {
	if v.Shared == nil || v.config.CacheTime == 0 {
		return nil, false
	}
	value, ok := v.Shared.Get(ctx, q.token)
	if !ok {
		return nil, false
	}
	var r record
	if json.Unmarshal(value, &r) != nil || r.Token == nil || r.Token.check() != nil {
		return nil, false
	}
	// Other gateways may have longer times, and clocks of their own.
	now := time.Now()
	until := earliest(r.Until, r.Token.Expires, now.Add(v.config.CacheTime))
	if !now.Before(until) {
		return nil, false
	}
	r.Token.complete()
	v.valid.put(q.valid, r.Token, until)
	return r.Token, true
}

// share stores a result in the shared memory.
func (v *Validator) share(ctx context.Context, q question, t *Token, until time.Time) {
	if v.Shared == nil {
		return
	}
	value, err := json.Marshal(record{t, until})
	if err == nil {
		v.Shared.Set(ctx, q.token, value, time.Until(until))
	}
}

func earliest(times ...time.Time) time.Time {
	first := times[0]
	for _, t := range times[1:] {
		if t.Before(first) {
			first = t
		}
	}
	return first
}
