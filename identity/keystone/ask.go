package keystone

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"
)

// ask asks Keystone and remembers the answer.
func (v *Validator) ask(ctx context.Context, q question) (*Token, error) {
	start := time.Now()
	t, err := v.fetch(ctx, q.token, q.allowExpired)
	now := time.Now()
	if err == nil && !q.allowExpired && !now.Before(t.Expires) {
		err = errInvalid // our clock says so
	}
	switch {
	case err == nil:
		v.observe(Valid, start)
		v.state.succeeded(now)
		v.remember(ctx, q, t, now)
		return t, nil
	case errors.Is(err, errInvalid):
		v.observe(Invalid, start)
		v.state.succeeded(now)
		v.refused.put(q.refused, struct{}{}, now.Add(refusedTime))
	default:
		v.observe(Failed, start)
		v.state.failed(err, now)
	}
	return nil, err
}

func (v *Validator) remember(ctx context.Context, q question, t *Token, now time.Time) {
	until := earliest(t.Expires, now.Add(v.config.CacheTime))
	if now.Before(until) {
		v.valid.put(q.valid, t, until)
		v.share(ctx, q, t, until)
	}
}

// fetch asks Keystone, with a new token of our own if it refuses the old one.
func (v *Validator) fetch(ctx context.Context, token string, allowExpired bool) (*Token, error) {
	const doing = "validating a token"
	query := "nocatalog=1"
	if allowExpired {
		query += "&allow_expired=1"
	}
	own, err := v.session.get(ctx, "")
	if err != nil {
		return nil, err
	}
	body, err := v.client.get(ctx, own, token, query)
	if statusOf(err) == http.StatusUnauthorized {
		if own, err = v.session.get(ctx, own); err != nil {
			return nil, err
		}
		body, err = v.client.get(ctx, own, token, query)
	}
	switch {
	case err == nil:
	case isRefusal(err):
		return nil, errInvalid
	case statusOf(err) == http.StatusForbidden:
		return nil, &unavailable{doing, errors.New("it answered 403 Forbidden; " +
			"the service user may not validate tokens: give it the role service or admin in its project")}
	default:
		return nil, &unavailable{doing, plain(err)}
	}
	t, err := parseToken(body)
	if err != nil {
		return nil, &unavailable{doing, err}
	}
	return t, nil
}

// isRefusal reports whether a 404 is Keystone's and not that of another server.
func isRefusal(err error) bool {
	answer := gophercloud.ErrUnexpectedResponseCode{}
	if !errors.As(err, &answer) || answer.Actual != http.StatusNotFound {
		return false
	}
	var body struct {
		Error *struct{} `json:"error"`
	}
	return json.Unmarshal(answer.Body, &body) == nil && body.Error != nil
}

// wellFormed reports whether a text can be a token: all tokens of Keystone consist of
// printable ASCII.
func wellFormed(token string) bool {
	return token != "" &&
		!strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
}
