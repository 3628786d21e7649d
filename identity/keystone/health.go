package keystone

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Health is how the last validations went. Answers that a token is not valid
// count as successes.
type Health struct {
	LastSuccess time.Time // zero: none yet
	LastFailure time.Time // zero: none yet
	Err         error     // of the last failure
}

type state struct {
	mu     sync.Mutex
	health Health
}

func (s *state) succeeded(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health.LastSuccess = now
}

func (s *state) failed(err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health.LastFailure, s.health.Err = now, err
}

// Health reports how the last validations went.
func (v *Validator) Health() Health {
	v.state.mu.Lock()
	defer v.state.mu.Unlock()
	return v.state.health
}

// OwnRoles returns the roles of the service user in its project, in lower case. It logs
// in if needed.
func (v *Validator) OwnRoles(ctx context.Context) ([]string, error) {
	own, err := v.session.get(ctx, "")
	if err != nil {
		return nil, err
	}
	token, err := v.fetch(ctx, own, false)
	if err != nil {
		return nil, err
	}
	return token.roles, nil
}

// Check validates the service user's own token. That needs everything that other
// validations need, except the right to validate tokens of others. It logs in if
// needed.
func (v *Validator) Check(ctx context.Context) error {
	own, err := v.session.get(ctx, "")
	if err != nil {
		return err
	}
	_, err = v.fetch(ctx, own, false)
	if errors.Is(err, errInvalid) {
		// Revoked since then: the next request renews it.
		if own, err = v.session.get(ctx, own); err == nil {
			_, err = v.fetch(ctx, own, false)
		}
	}
	return err
}
