package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/identity/keystone"
)

// checkLoads provisions the configuration, as `caddy validate` does, but opens no
// log: its file would belong to whoever runs the check.
func checkLoads(_ context.Context, content []byte) (result, text string) {
	var config caddy.Config
	if err := caddy.StrictUnmarshalJSON(content, &config); err != nil {
		return failedBy(err)
	}
	config.Logging = &caddy.Logging{Logs: map[string]*caddy.CustomLog{
		"default": {BaseLog: caddy.BaseLog{Level: "WARN"}},
	}}
	if err := caddy.Validate(&config); err != nil {
		return failedBy(err)
	}
	return checkOK, "it can be loaded"
}

// listenChecks look at an address on which requests are taken.
var listenChecks = []check[string]{{name: "port", run: checkPort}}

func checkPort(_ context.Context, listen string) (result, text string) {
	address, err := caddy.ParseNetworkAddress(listen)
	if err != nil {
		return failedBy(err)
	}
	if !strings.HasPrefix(address.Network, "tcp") {
		return checkSkipped, "only TCP ports are tried"
	}
	for port := range address.PortRangeSize() {
		l, err := net.Listen(address.Network, address.JoinHostPort(port))
		switch {
		case errors.Is(err, syscall.EADDRINUSE):
			return checkWarning, "the port is in use; stop the old glance-registry, or whatever has it, before the gateway starts"
		case errors.Is(err, syscall.EADDRNOTAVAIL):
			return checkFailed, "this host has no such address"
		case errors.Is(err, syscall.EACCES):
			return checkFailed, "ports below 1024 need a right of their own (CAP_NET_BIND_SERVICE)"
		case err != nil:
			return failedBy(err)
		}
		_ = l.Close() // nothing was done with it
	}
	return checkOK, "the port is free"
}

var redisChecks = []check[redisTarget]{{name: "redis", run: checkRedis}}

func checkRedis(ctx context.Context, target redisTarget) (result, text string) {
	url, err := redisdb.Parse(target.url)
	if err != nil {
		return failedBy(fmt.Errorf("the URL %w", err))
	}
	client, err := url.Open()
	if err != nil {
		return failedBy(err)
	}
	defer func() { _ = client.Close() }()
	start := time.Now()
	if err := client.Ping(ctx).Err(); err != nil {
		return failedBy(err)
	}
	took := time.Since(start)
	if _, err := redisdb.Masters(ctx, client); err != nil {
		return checkFailed, "it answers, but not to INFO, which the gateway needs to notice a fail-over: " + err.Error()
	}
	// The first answer includes the connection; only the second one is typical.
	start = time.Now()
	if err := client.Ping(ctx).Err(); err != nil {
		return failedBy(err)
	}
	if again := time.Since(start); again > redisdb.Patience {
		return checkWarning, fmt.Sprintf("it answers in %s; requests wait for %s at most", round(again), redisdb.Patience)
	}
	return checkOK, fmt.Sprintf("connected and answered in %s", round(took))
}

// tolerated is a difference of clocks that does no harm.
const tolerated = 2 * time.Second

// checkSkew judges a difference of clocks, which is as precise as error says.
func checkSkew(ahead, precision time.Duration, harm string) (result, text string) {
	if ahead.Abs() <= tolerated+precision {
		return checkOK, "it agrees with the clock here within " + round(tolerated+precision).String()
	}
	direction := "ahead of"
	if ahead < 0 {
		direction = "behind"
	}
	return checkWarning, fmt.Sprintf("it is %s %s the clock here: %s; use NTP on both hosts", round(ahead.Abs()), direction, harm)
}

func round(d time.Duration) time.Duration {
	if d > 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(time.Millisecond)
}

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
