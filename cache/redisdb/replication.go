package redisdb

import (
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// replicationID is the id of the history of writes that a server continues.
func replicationID(ctx context.Context, client redis.Cmdable) (string, error) {
	text, err := client.Info(ctx, "replication").Result()
	if err != nil {
		return "", err
	}
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		fields[name] = value
	}
	if role := fields["role"]; role != "master" {
		return "", errors.New("the Redis server takes no writes: its role is " + role)
	}
	return fields["master_replid"], nil
}
