package redisdb

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/glancegate/glancegate/internal/dialer"
)

// Timeout bounds how long a request waits for Redis.
const Timeout = 45 * time.Millisecond

// dialTimeout bounds connecting, which may outlast the request.
const dialTimeout = time.Second

// Open makes a client that connects when it is used. It does not repeat commands,
// which end with their context.
func (u *URL) Open() (redis.UniversalClient, error) { return u.OpenWith(nil) }

// Check is called with every new connection before it is used. An error refuses the
// connection.
type Check func(context.Context, *redis.Conn) error

// OpenWith is Open with a Check, which may be nil.
func (u *URL) OpenWith(check Check) (redis.UniversalClient, error) {
	o, err := u.options()
	if err != nil {
		return nil, err
	}
	o.OnConnect = check
	quiet.Do(func() { redis.SetLogger(silence{}) })
	o.MaxRetries = -1
	o.DialTimeout = dialTimeout
	o.DialerRetries = 1
	o.ReadTimeout = dialTimeout
	o.WriteTimeout = dialTimeout
	o.PoolTimeout = dialTimeout
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	if u.url.Scheme == "unix" {
		// Universal clients do not support sockets.
		return redis.NewClient(&redis.Options{
			Network: "unix", Addr: o.Addrs[0], Username: o.Username, Password: o.Password, DB: o.DB, ClientName: o.ClientName,
			OnConnect:  o.OnConnect,
			MaxRetries: o.MaxRetries, DialTimeout: o.DialTimeout, DialerRetries: 1, ReadTimeout: o.ReadTimeout,
			WriteTimeout: o.WriteTimeout, PoolTimeout: o.PoolTimeout, PoolSize: o.PoolSize, Protocol: o.Protocol,
			ContextTimeoutEnabled: true, DisableIdentity: true, MaintNotificationsConfig: o.MaintNotificationsConfig,
		}), nil
	}
	o.Dialer = dial(o.TLSConfig)
	return redis.NewUniversalClient(o), nil
}

// dial makes connections that end when their network does, with TLS if settings are
// given. Without a dialer the library would make connections itself.
func dial(config *tls.Config) func(context.Context, string, string) (net.Conn, error) {
	plain := dialer.New(dialTimeout)
	if config == nil {
		return plain.DialContext
	}
	return (&tls.Dialer{NetDialer: plain, Config: config}).DialContext
}

// The library's messages are in its errors, too, which are counted and logged.
var quiet sync.Once

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// Masters identifies the servers that accept writes. After a fail-over the result
// differs, and some of the last writes may be lost.
func Masters(ctx context.Context, client redis.UniversalClient) (string, error) {
	if cluster, ok := client.(*redis.ClusterClient); ok {
		var mu sync.Mutex
		ids := map[string]bool{}
		err := cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
			id, err := replicationID(ctx, c)
			mu.Lock()
			defer mu.Unlock()
			ids[id] = true
			return err
		})
		return fmt.Sprint(ids), err // maps are printed in the order of their keys
	}
	return replicationID(ctx, client)
}
