package keystone

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
	"golang.org/x/sync/singleflight"
)

const (
	// renewal is how long before its end the own token is renewed.
	renewal = 30 * time.Second

	// loginPause is how long a refused login is not repeated: Keystone may
	// lock the accounts of users who try too often.
	loginPause = 5 * time.Second
)

// session holds the token of the service user.
type session struct {
	client *client
	login  tokens.AuthOptions
	fixed  string
	limit  time.Duration
	flight singleflight.Group

	mu      sync.Mutex
	token   string
	expires time.Time
	refusal error     // of the last login
	pause   time.Time // until then it is not repeated
}

// get returns a token, other than the stale one.
func (s *session) get(ctx context.Context, stale string) (string, error) {
	if s.fixed != "" {
		if s.fixed == stale {
			return "", &unavailable{"admin_token", errors.New("it does not accept this token; use username and password")}
		}
		return s.fixed, nil
	}
	if token, err := s.current(stale); token != "" || err != nil {
		return token, err
	}
	// A caller may stop waiting; others still need the token.
	done := s.flight.DoChan(stale, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limit)
		defer cancel()
		return s.renew(ctx, stale)
	})
	select {
	case result := <-done:
		if result.Err != nil {
			return "", result.Err
		}
		return result.Val.(string), nil
	case <-ctx.Done():
		return "", &unavailable{"login", ctx.Err()}
	}
}

// current returns the token if it can still be used.
func (s *session) current(stale string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.token != "" && s.token != stale && now.Before(s.expires.Add(-renewal)) {
		return s.token, nil
	}
	if now.Before(s.pause) {
		return "", s.refusal
	}
	return "", nil
}

func (s *session) renew(ctx context.Context, stale string) (string, error) {
	// Another caller may have been faster.
	if token, err := s.current(stale); token != "" || err != nil {
		return token, err
	}
	var result tokens.CreateResult
	err := s.client.try(ctx, func() error {
		login := s.login
		result = tokens.Create(ctx, s.client.service, &login)
		return result.Err
	})
	var token *tokens.Token
	if err == nil {
		token, err = result.ExtractToken()
	}
	if err == nil && token.ID == "" {
		err = errors.New("it answered without a token")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		refusal := &unavailable{"login of the service user", loginError(err)}
		if status := statusOf(err); status >= 400 && status < 500 {
			s.refusal, s.pause = refusal, time.Now().Add(loginPause)
		}
		return "", refusal
	}
	s.token, s.expires = token.ID, token.ExpiresAt
	return s.token, nil
}

// loginError adds advice.
func loginError(err error) error {
	switch statusOf(err) {
	case http.StatusUnauthorized:
		return fmt.Errorf("%w; check username, password, project_name and the domains", plain(err))
	case http.StatusMultipleChoices, http.StatusMovedPermanently, http.StatusFound, http.StatusNotFound, http.StatusMethodNotAllowed:
		return fmt.Errorf("%w; check auth_url", plain(err))
	}
	return plain(err)
}
