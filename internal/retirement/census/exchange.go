package census

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/cache/seal"
)

// Exchange is where gateways leave their reports for each other: a hash in Redis with
// one sealed field for each of them.
type Exchange struct {
	Client redis.UniversalClient
	Sealer *seal.Sealer
	Key    string        // of the hash
	Keep   time.Duration // reports that are older count no more
}

// ExchangePurpose keeps this use of a key apart from others.
const ExchangePurpose = "glance-registry census"

// put leaves a report.
func (e *Exchange) put(ctx context.Context, node string, r *Report) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	pipe := e.Client.Pipeline()
	pipe.HSet(ctx, e.Key, node, e.Sealer.Seal(node, text))
	pipe.Expire(ctx, e.Key, e.Keep)
	_, err = pipe.Exec(ctx)
	return err
}

// others returns what other nodes have left.
func (e *Exchange) others(ctx context.Context, node string, now time.Time) ([]*Report, error) {
	fields, err := e.Client.HGetAll(ctx, e.Key).Result()
	if err != nil {
		return nil, err
	}
	var reports []*Report
	for other, sealed := range fields {
		if other == node {
			continue
		}
		text, err := e.Sealer.Open(other, []byte(sealed))
		if err != nil {
			return nil, fmt.Errorf("the report of node %s: %w", other, err)
		}
		r := new(Report)
		if err := json.Unmarshal(text, r); err != nil {
			return nil, fmt.Errorf("the report of node %s: %w", other, err)
		}
		if now.Sub(r.Nodes[other]) < e.Keep {
			reports = append(reports, r)
		} else if err := e.Client.HDel(ctx, e.Key, other).Err(); err != nil {
			return nil, err
		}
	}
	return reports, nil
}
