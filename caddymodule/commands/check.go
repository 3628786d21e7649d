package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/glancegate/glancegate/caddymodule"
)

// Results of checks.
const (
	checkOK      = "ok"
	checkWarning = "warning"
	checkFailed  = "failed"
	checkSkipped = "skipped"
)

// checkResult is the result of one check of one subject.
type checkResult struct {
	Check   string `json:"check"`
	Subject string `json:"subject"` // without secrets
	Result  string `json:"result"`
	Text    string `json:"text"`
}

// check tests one thing that a configuration needs.
type check[T any] struct {
	name string
	run  func(ctx context.Context, of T) (result, text string)

	// needed says that the checks after it are skipped if it fails.
	needed bool
}

// checkTimeout bounds one check.
const checkTimeout = 15 * time.Second

// runChecks runs checks of one subject, one after the other.
func runChecks[T any](ctx context.Context, subject string, of T, checks []check[T]) []checkResult {
	var results []checkResult
	missing := ""
	for _, c := range checks {
		r := checkResult{Check: c.name, Subject: subject, Result: checkSkipped, Text: "after: " + missing}
		if missing == "" {
			r.Result, r.Text = runCheck(ctx, of, c)
			if c.needed && r.Result == checkFailed {
				missing = c.name
			}
		}
		results = append(results, r)
	}
	return results
}

func runCheck[T any](ctx context.Context, of T, c check[T]) (result, text string) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	return c.run(ctx, of)
}

// failedBy is the result of a check that failed with an error.
func failedBy(err error) (result, text string) { return checkFailed, err.Error() }

// worst returns the exit code for the worst result.
func worst(results []checkResult) int {
	code := exitFine
	for _, r := range results {
		switch r.Result {
		case checkFailed:
			return exitFailed
		case checkWarning:
			code = exitWarnings
		}
	}
	return code
}

// checkConfig makes all checks of a configuration.
func checkConfig(ctx context.Context, content []byte) ([]checkResult, error) {
	results := runChecks(ctx, "configuration", content, configurationChecks)
	if results[0].Result == checkFailed {
		return results, nil // nothing can be said about what can't be loaded
	}
	targets, err := caddymodule.FindTargets(content)
	if err != nil {
		return nil, err
	}
	for _, address := range targets.Listen {
		results = append(results, runChecks(ctx, address, address, listenChecks)...)
	}
	for _, headers := range targets.Headers {
		results = append(results, runChecks(ctx, strings.Join(headers.Listen, " "), headers, headersChecks)...)
	}
	for _, database := range targets.Databases {
		results = append(results, checkDatabase(ctx, database)...)
	}
	for _, redis := range targets.Redis {
		results = append(results, runChecks(ctx, redis.Subject, redis, redisChecks)...)
	}
	for _, shadow := range targets.Shadows {
		results = append(results, runChecks(ctx, "shadow "+shadow.URL, shadow, shadowChecks)...)
	}
	for _, keystone := range targets.Keystones {
		results = append(results, checkKeystone(ctx, keystone)...)
	}
	return results, nil
}

// tolerated is a harmless difference of clocks.
const tolerated = 2 * time.Second

// checkSkew judges a difference of clocks, measured with this precision.
func checkSkew(ahead, precision time.Duration, harm string) (result, text string) {
	if ahead.Abs() <= tolerated+precision {
		return checkOK, "it agrees with the local clock within " + round(tolerated+precision).String()
	}
	direction := "ahead of"
	if ahead < 0 {
		direction = "behind"
	}
	return checkWarning, fmt.Sprintf("it is %s %s the local clock: %s; use NTP on both hosts", round(ahead.Abs()), direction, harm)
}

func round(d time.Duration) time.Duration {
	if d > 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(time.Millisecond)
}
