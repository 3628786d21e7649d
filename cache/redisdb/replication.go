package redisdb

import (
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// replicationID is the replication ID of a master.
func replicationID(ctx context.Context, client redis.Cmdable) (string, error) {
	fields, err := replication(ctx, client)
	if err != nil {
		return "", err
	}
	if role := fields["role"]; role != "master" {
		return "", errors.New("the Redis server accepts no writes: its role is " + role)
	}
	return fields["master_replid"], nil
}

// ReplicationID returns the replication ID of a server, which replicas share with
// their master; "" if there is none, as with a Sentinel.
func ReplicationID(ctx context.Context, client redis.Cmdable) (string, error) {
	fields, err := replication(ctx, client)
	return fields["master_replid"], err
}

func replication(ctx context.Context, client redis.Cmdable) (map[string]string, error) {
	text, err := client.Info(ctx, "replication").Result()
	if err != nil {
		return nil, err
	}
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		fields[name] = value
	}
	return fields, nil
}
