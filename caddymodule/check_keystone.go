package caddymodule

import (
	"context"
	"time"

	"github.com/glancegate/glancegate/identity/keystone"
)

var keystoneChecks = []check[*keystone.Validator]{
	{name: "keystone", needed: true, run: func(ctx context.Context, v *keystone.Validator) (result, text string) {
		if err := v.Check(ctx); err != nil {
			return failedBy(err)
		}
		return checkOK, "the service user can log in and validate its own token"
	}},
	{name: "keystone clock", run: func(ctx context.Context, v *keystone.Validator) (result, text string) {
		ahead, err := v.Ahead(ctx)
		if err != nil {
			return checkWarning, err.Error()
		}
		return checkSkew(ahead, time.Second, "tokens are taken for too long, or not long enough")
	}},
}

func checkKeystone(ctx context.Context, config keystone.Config) []checkResult {
	v, err := keystone.New(config)
	if err != nil {
		return []checkResult{{"keystone", config.URL, checkFailed, err.Error()}}
	}
	defer v.Close()
	return runChecks(ctx, v.URL(), v, keystoneChecks)
}
