package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/caddymodule"
)

var redisChecks = []check[caddymodule.RedisTarget]{{name: "redis", run: checkRedis}}

func checkRedis(ctx context.Context, target caddymodule.RedisTarget) (result, text string) {
	url, err := redisdb.Parse(target.URL)
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
		return checkFailed, "it does not answer INFO, which the gateway needs to notice a fail-over: " + err.Error()
	}
	// The first answer includes the connection; only the second one is typical.
	start = time.Now()
	if err := client.Ping(ctx).Err(); err != nil {
		return failedBy(err)
	}
	if again := time.Since(start); again > redisdb.Timeout {
		return checkWarning, fmt.Sprintf("it answers in %s; requests wait %s at most", round(again), redisdb.Timeout)
	}
	return checkOK, fmt.Sprintf("connected and answered in %s", round(took))
}
