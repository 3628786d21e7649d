package keystone

import (
	"context"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// refusedTime is how long a token that Keystone refused is not asked about
	// again.
	refusedTime = 10 * time.Second

	// maxTokens bounds the remembered valid tokens, and the refused ones. They have
	// separate memories, so that made-up tokens do not displace valid ones.
	maxTokens = 10_000

	// maxToken is the maximum length of a token, in bytes. Keystone's tokens are much
	// shorter. Keystone's web server refuses longer ones with 400 or 431, which would
	// look like an outage.
	maxToken = 8000
)

// Outcome is how a validation ended.
type Outcome string

// The outcomes.
const (
	Hit     Outcome = "hit"     // remembered, or being asked about already
	Valid   Outcome = "valid"   // Keystone said so
	Invalid Outcome = "invalid" // Keystone said so
	Failed  Outcome = "error"   // Keystone could not be asked
)

// Outcomes lists the outcomes.
var Outcomes = []Outcome{Hit, Valid, Invalid, Failed}

// Validator validates tokens with Keystone and remembers the results. It may be used
// concurrently.
type Validator struct {
	// Observe is called with the outcome and duration of each validation. It may be
	// nil, and must not be changed while the Validator is in use.
	Observe func(Outcome, time.Duration)

	// Shared is the shared memory. It may be nil, and must not be changed while the
	// Validator is in use.
	Shared Shared

	config  Config
	client  *client
	session *session
	key     []byte
	valid   *memory[*Token]
	refused *memory[struct{}]
	flights singleflight.Group
	state   state
}

// New makes a Validator. It opens no connection.
func New(config Config) (*Validator, error) {
	client, err := newClient(&config)
	if err != nil {
		return nil, err
	}
	return &Validator{
		config:  config,
		client:  client,
		session: &session{client: client, login: config.Login, fixed: config.Token, limit: 2 * config.Timeout},
		key:     config.cacheKey(),
		valid:   newMemory[*Token](maxTokens),
		refused: newMemory[struct{}](maxTokens),
	}, nil
}

// URL is the address of Keystone.
func (v *Validator) URL() string { return v.config.URL }

// Close closes connections that are not in use. The Validator stays usable.
func (v *Validator) Close() { v.client.close() }

// Validate returns what Keystone says about a token, or errInvalid, or an error
// that says why Keystone can't be asked. A token that has expired is valid only
// where that is allowed; it is not remembered then.
func (v *Validator) Validate(ctx context.Context, token string, allowExpired bool) (*Token, error) {
	start := time.Now()
	switch {
	case len(token) > maxToken:
		return nil, ErrTooLong
	case !wellFormed(token):
		return nil, errInvalid
	}
	q := v.question(token, allowExpired)
	if t, err, known := v.recall(q); known {
		v.observe(Hit, start)
		return t, err
	}
	mine := false
	done := v.flights.DoChan(string(q.refused[:]), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*v.config.Timeout)
		defer cancel()
		t, asked, err := v.answer(ctx, q)
		mine = asked
		return t, err
	})
	select {
	case result := <-done:
		if !mine {
			v.observe(Hit, start)
		}
		t, _ := result.Val.(*Token)
		return t, result.Err
	case <-ctx.Done():
		return nil, &unavailable{"validating a token", ctx.Err()}
	}
}

// answer answers a question for all waiting callers, from memory or from Keystone.
func (v *Validator) answer(ctx context.Context, q question) (t *Token, asked bool, err error) {
	// Another caller may have remembered the answer meanwhile.
	if t, err, known := v.recall(q); known {
		return t, false, err
	}
	if t, known := v.recallShared(ctx, q); known {
		return t, false, nil
	}
	t, err = v.ask(ctx, q)
	return t, true, err
}

// question is what is asked about a token, and how the answer is remembered.
type question struct {
	token        string
	allowExpired bool
	valid        digest // where the answer stands that it is valid, expired or not
	refused      digest // and where that it is not, which depends on the question
}

func (v *Validator) question(token string, allowExpired bool) question {
	d := digestOf(v.key, token)
	q := question{token: token, allowExpired: allowExpired, valid: d, refused: d}
	if allowExpired {
		q.refused = digestOf(v.key, "allow expired:"+token)
	}
	return q
}

// recall answers a question from memory.
func (v *Validator) recall(q question) (t *Token, err error, known bool) {
	now := time.Now()
	if t, known = v.valid.get(q.valid, now); known {
		return t, nil, true
	}
	if _, known = v.refused.get(q.refused, now); known {
		return nil, errInvalid, true
	}
	return nil, nil, false
}

func (v *Validator) observe(o Outcome, start time.Time) {
	if v.Observe != nil {
		v.Observe(o, time.Since(start))
	}
}
