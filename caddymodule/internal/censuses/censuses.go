// Package censuses has the censuses that are in use, each once for all handlers with
// the same settings.
package censuses

import (
	"context"
	"fmt"
	"net"
	"time"

	"go.uber.org/zap"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/cache/seal"
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/internal/retirement/census"
)

var pool = share.NewPool[*Census]()

// Config is the settings of a census, with all defaults and without placeholders.
type Config struct {
	File string
	Keep time.Duration

	Names bool // peers are looked up in DNS

	// Where gateways share their counts; no Redis: they don't.
	Redis, Key, Namespace string
}

// Census is a census that is in use.
type Census struct {
	*census.Census
	names *census.Names // nil: peers have none
}

// Destruct implements caddy.Destructor.
func (c *Census) Destruct() error {
	c.names.Close()
	return c.Close()
}

// Acquire takes a share in a census, whose file is made with the first call.
func Acquire(c Config, logger *zap.Logger) (*Census, error) {
	return pool.Acquire(share.KeyOf(c), func() (*Census, error) {
		exchange, err := c.exchange()
		if err != nil {
			return nil, err
		}
		counted := &Census{Census: census.New(c.File, c.Keep, exchange, logger)}
		if c.Names {
			counted.names = &census.Names{Lookup: net.DefaultResolver.LookupAddr}
		}
		return counted, nil
	})
}

// Release gives a share back.
func Release(c Config) { pool.Release(share.KeyOf(c)) }

// exchange does not connect.
func (c Config) exchange() (*census.Exchange, error) {
	if c.Redis == "" {
		return nil, nil
	}
	url, err := redisdb.Parse(c.Redis)
	if err != nil {
		return nil, err
	}
	sealer, err := seal.New([]byte(c.Key), census.ExchangePurpose)
	if err != nil {
		return nil, err
	}
	client, err := url.Open()
	if err != nil {
		return nil, err
	}
	return &census.Exchange{
		Client: client, Sealer: sealer, Keep: c.Keep, Key: "glance-registry:census:" + sealer.Name(c.Namespace),
	}, nil
}

// Report is the sum of all censuses of the process. Where a part of it can't be had, the
// error comes with the rest; without any census the report is nil.
func Report(ctx context.Context) (*census.Report, error) {
	var reports []*census.Report
	var failure error
	var names *census.Names
	pool.Each(func(c *Census) {
		if c.names != nil {
			names = c.names
		}
		r, err := c.Report(ctx)
		if err != nil {
			failure = fmt.Errorf("census: %w", err)
		}
		if r != nil {
			reports = append(reports, r)
		}
	})
	if len(reports) == 0 {
		return nil, failure
	}
	sum := census.Sum(reports...)
	names.Fill(sum)
	return sum, failure
}
