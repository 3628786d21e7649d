package commands

import (
	"context"
	"fmt"
	"slices"
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
	{name: "keystone roles", run: checkServiceRoles},
	{name: "keystone clock", run: func(ctx context.Context, v *keystone.Validator) (result, text string) {
		ahead, err := v.Ahead(ctx)
		if err != nil {
			return checkWarning, err.Error()
		}
		return checkSkew(ahead, time.Second, "tokens are accepted for too long, or not long enough")
	}},
}

// checkServiceRoles guesses whether the service user may validate the tokens of others.
// It may always validate its own, and there is no other token to try.
func checkServiceRoles(ctx context.Context, v *keystone.Validator) (result, text string) {
	roles, err := v.OwnRoles(ctx)
	switch {
	case err != nil:
		return failedBy(err)
	case slices.Contains(roles, "service"), slices.Contains(roles, "admin"):
		return checkOK, "the service user has the role service or admin, so it may validate tokens"
	default:
		return checkWarning, fmt.Sprintf("the service user has the roles %q in its project; with Keystone's own policy only "+
			"service and admin may validate tokens of others", roles)
	}
}

func checkKeystone(ctx context.Context, config keystone.Config) []checkResult {
	v, err := keystone.New(config)
	if err != nil {
		return []checkResult{{"keystone", config.URL, checkFailed, err.Error()}}
	}
	defer v.Close()
	return runChecks(ctx, v.URL(), v, keystoneChecks)
}
