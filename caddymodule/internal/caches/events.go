package caches

import (
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/cache"
)

// events counts and logs the events of one cache. It outlives the configuration that
// made it, so it uses Caddy's own log.
type events struct {
	database string

	redisUp  atomic.Bool
	lastFail atomic.Int64 // when a failed command was logged, in Unix seconds
}

func (e *events) logger() *zap.Logger {
	return caddy.Log().Named("http.handlers.glance_registry.cache").With(zap.String("database", e.database))
}

// Up implements cache.RedisEvents.
func (e *events) Up() {
	e.redisUp.Store(true)
	e.logger().Info("Redis is in use")
}

// Down implements cache.RedisEvents.
func (e *events) Down(reason error) {
	e.redisUp.Store(false)
	redisBreaks.Inc()
	e.logger().Warn("Redis is not in use until it works again", zap.Error(reason))
}

// Refused implements cache.RedisEvents.
func (e *events) Refused() { redisRefused.Inc() }

// failedInterval bounds how often failed commands are logged.
const failedInterval = 60 // seconds

// Failed implements cache.RedisEvents.
func (e *events) Failed(what string, err error) {
	redisFailed.WithLabelValues(what).Inc()
	now, last := time.Now().Unix(), e.lastFail.Load()
	if now-last >= failedInterval && e.lastFail.CompareAndSwap(last, now) {
		e.logger().Warn("a Redis command failed", zap.String("command", what), zap.Error(err))
	}
}

// followed logs when the feed of a cache goes up and down.
type followed struct {
	*cache.Cache
	events *events
	logged map[string]bool // reasons since the feed was up; nil: it is up, or was not asked yet
}

// maxReasons bounds how many reasons are logged while the feed stays down. The admin
// API shows the current one.
const maxReasons = 10

// Up implements feed.Sink.
func (f *followed) Up() {
	f.logged = nil
	f.Cache.Up()
	f.events.logger().Info("the changes of the database are followed")
}

// Down implements feed.Sink.
func (f *followed) Down(reason error) {
	f.Cache.Down(reason)
	message := "the changes of the database still can't be followed, for a new reason"
	if f.logged == nil {
		f.logged = map[string]bool{}
		feedBreaks.Inc()
		message = "the changes of the database can't be followed; nothing is cached until they can"
	}
	if text := reason.Error(); !f.logged[text] && len(f.logged) < maxReasons {
		f.logged[text] = true
		f.events.logger().Warn(message, zap.Error(reason))
	}
}
