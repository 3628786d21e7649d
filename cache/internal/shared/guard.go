package shared

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/cache/redisdb"
)

var errOtherServer = errors.New("another Redis server has become the master")

// guard makes sure that all connections of a session lead to the masters with which
// it began, or to their replicas. After a fail-over some may lead to the old master
// for a while, and keys deleted there may exist on the new one.
type guard struct {
	mu      sync.Mutex
	masters string          // from redisdb.Masters; empty: not known yet
	seen    map[string]bool // replication IDs of connections opened before
}

// check is a redisdb.Check.
func (g *guard) check(ctx context.Context, conn *redis.Conn) error {
	id, err := redisdb.ReplicationID(ctx, conn)
	var refusal redis.Error
	switch {
	case errors.As(err, &refusal): // a Sentinel, or a server with which no session can begin
		return nil
	case err != nil || id == "":
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.masters == "" {
		g.seen[id] = true
		return nil
	}
	return g.known(id)
}

// expect sets the masters.
func (g *guard) expect(masters string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.masters = masters
	for id := range g.seen {
		if err := g.known(id); err != nil {
			return err
		}
	}
	return nil
}

func (g *guard) known(id string) error {
	if !strings.Contains(g.masters, id) {
		return errOtherServer
	}
	return nil
}
