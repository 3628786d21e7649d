// Package cachetest helps tests of gateways with a cache: it looks at their
// caches and empties them through Caddy's admin API, and measures how old their
// answers are.
package cachetest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/glancegate/glancegate/integration/kit"
)

// Admin is the admin API of a Caddy, as http://host:port.
type Admin string

// Cache is the state of one cache.
type Cache struct {
	Database string
	Serving  bool
	Reason   string
	Lag      *float64
	Values   int
	Bytes    int64
	Redis    *Redis
}

// Redis is the state of a shared tier.
type Redis struct {
	Node         string
	InUse        bool              `json:"in_use"`
	MessagesSent uint64            `json:"messages_sent"`
	LastSeen     map[string]uint64 `json:"last_seen"`
}

// Caches returns the state of all caches.
func (a Admin) Caches() ([]Cache, error) {
	answer, err := kit.Request{Method: http.MethodGet, URL: string(a) + "/glance_registry/cache"}.Send(context.Background())
	if err != nil {
		return nil, err
	}
	var body struct{ Caches []Cache }
	if err := json.Unmarshal(answer.Text, &body); err != nil {
		return nil, err
	}
	return body.Caches, nil
}

// Purge empties all caches.
func (a Admin) Purge() error { return a.delete("/glance_registry/cache") }

// PurgeImage drops one image from all caches.
func (a Admin) PurgeImage(id string) error { return a.delete("/glance_registry/cache/images/" + id) }

func (a Admin) delete(path string) error {
	answer, err := kit.Request{Method: http.MethodDelete, URL: string(a) + path}.Send(context.Background())
	if err == nil && answer.StatusCode != http.StatusNoContent {
		err = fmt.Errorf("DELETE %s: %s", path, answer.Status)
	}
	return err
}

// Await waits until all caches are as a test wants them.
func (a Admin) Await(what string, good func([]Cache) bool) error {
	var caches []Cache
	var err error
	met := kit.Poll(kit.Timeout, func() bool {
		caches, err = a.Caches()
		return err != nil || good(caches)
	})
	if err == nil && !met {
		err = fmt.Errorf("the caches do not become %s: %+v", what, caches)
	}
	return err
}

// Ready returns a condition: count caches are in use, and use Redis if they have one.
func Ready(count int) func([]Cache) bool {
	return func(caches []Cache) bool {
		for _, c := range caches {
			if !c.Serving || c.Redis != nil && !c.Redis.InUse {
				return false
			}
		}
		return len(caches) == count
	}
}

// Settled reports whether every gateway uses Redis and has received all messages of
// the others. A gateway that has reconnected has an empty cache, so it misses none.
func Settled(caches []Cache) bool {
	for _, c := range caches {
		if c.Redis == nil {
			continue
		}
		if !c.Redis.InUse {
			return false
		}
		for _, other := range caches {
			if other.Redis == nil {
				continue
			}
			if heard, ok := c.Redis.LastSeen[other.Redis.Node]; ok && heard != other.Redis.MessagesSent {
				return false
			}
		}
	}
	return true
}

// Send sends a request of an administrator and returns the body of the answer,
// which has to be 200.
func Send(ctx context.Context, client *http.Client, method, url, body string) ([]byte, error) {
	a, err := kit.Request{Method: method, URL: url, Header: kit.Trusted("p", "admin"), Body: body, Client: client}.Send(ctx)
	if err != nil {
		return nil, err
	}
	if a.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.200s", method, url, a.Status, a.Text)
	}
	return a.Text, err
}
