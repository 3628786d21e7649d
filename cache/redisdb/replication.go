package redisdb

import (
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// replicationID is the id of the history of writes that a master continues.
func replicationID(ctx context.Context, client redis.Cmdable) (string, error) {
	fields, err := replication(ctx, client)
	if err != nil {
		return "", err
	}
	if role := fields["role"]; role != "master" {
		return "", errors.New("the Redis server takes no writes: its role is " + role)
	}
	return fields["master_replid"], nil
}

// ReplicationID is the id of the history of writes that a server continues or copies;
// empty where there is none, as for a Sentinel.
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
