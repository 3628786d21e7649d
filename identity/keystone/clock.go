package keystone

import (
	"context"
	"errors"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
)

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
