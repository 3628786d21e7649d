package keystone

import (
	"context"
	"errors"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
)

// Ahead is how far Keystone's clock is ahead of ours, within half a second and the
// time that a login takes: tokens expire by its clock, and are compared with ours.
// It logs in anew.
func (v *Validator) Ahead(ctx context.Context) (time.Duration, error) {
	const doing = "asking for the time"
	if v.config.Token != "" {
		return 0, &unavailable{doing, errors.New("only logins have a time, and admin_token is none")}
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
	// Keystone cuts parts of seconds off, half a one on average.
	return token.Issued.Add(time.Second / 2).Sub(between), nil
}
