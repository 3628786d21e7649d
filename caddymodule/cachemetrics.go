package caddymodule

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/cache"
)

// cacheCounters is what all caches count in.
var cacheCounters = new(cache.Counters)

var (
	redisFailed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "glance_registry_cache_redis_failures_total",
		Help: "Commands that failed in Redis, which fails no request, by what they were for.",
	}, []string{"command"})

	redisRefused = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "glance_registry_cache_redis_refused_total",
		Help: "Values in Redis that did not open: changed, sealed with another key, or another program's.",
	})

	redisBreaks = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "glance_registry_cache_redis_breaks_total",
		Help: "How often the use of Redis was broken off until it works again.",
	})

	feedBreaks = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "glance_registry_cache_feed_breaks_total",
		Help: "How often the changes of a database could no longer be followed.",
	})
)

// cacheCollectors are registered with every configuration.
var cacheCollectors = append(cacheCounterFuncs(), redisFailed, redisRefused, redisBreaks, feedBreaks, cacheGauges{})

// cacheCounterFuncs shows cacheCounters.
func cacheCounterFuncs() (list []prometheus.Collector) {
	add := func(name, help string, labels prometheus.Labels, value func() uint64) {
		list = append(list, prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "glance_registry_cache_" + name, Help: help, ConstLabels: labels},
			func() float64 { return float64(value()) }))
	}
	for o := cache.Hit; o <= cache.Bypass; o++ {
		add("lookups_total", "Look-ups by their outcome: hit, negative (a hit that says there is none), shared (in Redis), miss, bypass.",
			prometheus.Labels{"outcome": o.String()}, cacheCounters.Lookups[o].Load)
	}
	for s := cache.Source(0); s < cache.Sources; s++ {
		add("invalidations_total", "Changes that values were dropped for, by who told of them.",
			prometheus.Labels{"source": s.String()}, cacheCounters.Invalidations[s].Load)
	}
	add("evictions_total", "Values dropped for lack of room.", nil, cacheCounters.Evictions.Load)
	add("undecodable_total", "Values in Redis that opened, but are no records.", nil, cacheCounters.Undecodable.Load)
	return list
}

// cacheGauges shows the state of the caches that are in use.
type cacheGauges struct{}

var (
	cacheBytes   = gauge("bytes", "Memory that the cache in this process counts, in bytes.")
	cacheValues  = gauge("values", "Records, pages and unknown ids in the cache in this process.")
	cacheServing = gauge("serving", "1 while the cache is used, 0 while every read goes to the database.")
	cacheLag     = gauge("feed_lag_seconds", "Time since the moment up to which all changes of the database are known.")
	cacheRedis   = gauge("redis_up", "1 while Redis is used, 0 while the breaker is open.")
)

func gauge(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("glance_registry_cache_"+name, help, []string{"database"}, nil)
}

// Describe implements prometheus.Collector.
func (cacheGauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{cacheBytes, cacheValues, cacheServing, cacheLag, cacheRedis} {
		to <- d
	}
}

// Collect implements prometheus.Collector. Caches of one database, as during a
// reload, are shown as one.
func (cacheGauges) Collect(to chan<- prometheus.Metric) {
	type shown struct{ bytes, values, serving, lag, redis float64 }
	sum := map[string]*shown{}
	hasRedis, hasFeed := map[string]bool{}, map[string]bool{}
	caches.each(func(c *databaseCache) {
		state := c.State()
		s := sum[c.name]
		if s == nil {
			s = &shown{serving: 1, redis: 1}
			sum[c.name] = s
		}
		s.bytes += float64(state.Bytes)
		s.values += float64(state.Values)
		s.lag = max(s.lag, state.Lag.Seconds())
		if !state.Serving {
			s.serving = 0
		}
		if c.redis != "" {
			hasRedis[c.name] = true
			if !c.events.redisUp.Load() {
				s.redis = 0
			}
		}
		hasFeed[c.name] = hasFeed[c.name] || state.Followed
	})
	for name, s := range sum {
		show := func(d *prometheus.Desc, v float64) {
			to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, name)
		}
		show(cacheBytes, s.bytes)
		show(cacheValues, s.values)
		show(cacheServing, s.serving)
		if hasFeed[name] {
			show(cacheLag, s.lag)
		}
		if hasRedis[name] {
			show(cacheRedis, s.redis)
		}
	}
}
