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

// Timeout is how long a request waits for Redis.
const Timeout = 45 * time.Millisecond

// dialTimeout bounds connecting, which goes on after a request has given up.
const dialTimeout = time.Second

// Open makes a client, which connects when it is used. Commands are not
// repeated, and end with their context.
func (u *URL) Open() (redis.UniversalClient, error) { return u.OpenWith(nil) }

// Check is called with every new connection, before it is used, and refuses it
// with an error.
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
		// Universal clients know no sockets.
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

// dial makes connections that don't outlive their network, with TLS if it has
// settings. A dialer of its own keeps the library from using them itself.
func dial(config *tls.Config) func(context.Context, string, string) (net.Conn, error) {
	plain := dialer.New(dialTimeout)
	if config == nil {
		return plain.DialContext
	}
	return (&tls.Dialer{NetDialer: plain, Config: config}).DialContext
}

// What the library would print is in its errors, too, and those are counted and
// reported by whoever gets them.
var quiet sync.Once

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// Masters describes the servers that take writes, so that a change of them can
// be seen: after a fail-over some of the last writes may be lost.
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
