package keystone

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
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

// Ahead returns how far Keystone's clock is ahead of the local one, accurate to half a
// second and the duration of a login. Tokens expire by Keystone's clock, but are
// compared with the local one. Ahead logs in again.
func (v *Validator) Ahead(ctx context.Context) (time.Duration, error) {
	const doing = "asking for the time"
	if v.config.Token != "" {
		return 0, &unavailable{doing, errors.New("the time comes with a login, and admin_token is not one")}
	}
	start, login := time.Now(), v.config.Login
	result := tokens.Create(ctx, v.client.service, &login)
	if result.Err != nil {
		return 0, &unavailable{doing, loginError(result.Err)}
	}
	between := start.Add(time.Since(start) / 2)
	var token struct {
		Issued time.Time `json:"issued_at"`
	}
	if err := result.ExtractInto(&token); err != nil || token.Issued.IsZero() {
		return 0, &unavailable{doing, errors.New("the token has no time of issue")}
	}
	// Keystone truncates to seconds, by half a second on average.
	return token.Issued.Add(time.Second / 2).Sub(between), nil
}
