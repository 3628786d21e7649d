package caches

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/cache"
)

// counters are the counters of all caches.
var counters = new(cache.Counters)

var (
	redisFailed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "glance_registry_cache_redis_failures_total",
		Help: "Failed commands in Redis, by purpose. They do not make requests fail.",
	}, []string{"command"})

	redisRefused = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "glance_registry_cache_redis_rejected_values_total",
		Help: "Values in Redis that could not be opened: modified, sealed with another key, or of another program.",
	})

	redisBreaks = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "glance_registry_cache_redis_disconnects_total",
		Help: "How often Redis was disconnected after a failure.",
	})

	feedBreaks = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "glance_registry_cache_feed_disconnects_total",
		Help: "How often a change feed went down.",
	})
)

// Collectors are registered with every configuration.
var Collectors = append(counterFuncs(), redisFailed, redisRefused, redisBreaks, feedBreaks, gauges{})

// counterFuncs shows counters.
func counterFuncs() (list []prometheus.Collector) {
	add := func(name, help string, labels prometheus.Labels, value func() uint64) {
		list = append(list, prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "glance_registry_cache_" + name, Help: help, ConstLabels: labels},
			func() float64 { return float64(value()) }))
	}
	for o := cache.Hit; o < cache.Outcomes; o++ {
		add("lookups_total", "Look-ups by their outcome: hit, negative (a hit that says there is none), shared (in Redis), miss, bypass.",
			prometheus.Labels{"outcome": o.String()}, counters.Lookups[o].Load)
	}
	for s := cache.Source(0); s < cache.Sources; s++ {
		add("invalidations_total", "Changes that dropped values, by source.",
			prometheus.Labels{"source": s.String()}, counters.Invalidations[s].Load)
	}
	add("evictions_total", "Values dropped for lack of room.", nil, counters.Evictions.Load)
	add("undecodable_total", "Values in Redis that opened, but are no records.", nil, counters.Undecodable.Load)
	return list
}

// gauges collects the state of the caches in use.
type gauges struct{}

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
func (gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{cacheBytes, cacheValues, cacheServing, cacheLag, cacheRedis} {
		to <- d
	}
}

// Collect implements prometheus.Collector. Caches of one database, as during a
// reload, are shown as one.
func (gauges) Collect(to chan<- prometheus.Metric) {
	type shown struct{ bytes, values, serving, lag, redis float64 }
	sum := map[string]*shown{}
	hasRedis, hasFeed := map[string]bool{}, map[string]bool{}
	pool.Each(func(c *Cache) {
		state := c.State()
		s := sum[c.Name]
		if s == nil {
			s = &shown{serving: 1, redis: 1}
			sum[c.Name] = s
		}
		s.bytes += float64(state.Bytes)
		s.values += float64(state.Values)
		s.lag = max(s.lag, state.Lag.Seconds())
		if !state.Serving {
			s.serving = 0
		}
		if c.Redis != "" {
			hasRedis[c.Name] = true
			if !c.events.redisUp.Load() {
				s.redis = 0
			}
		}
		hasFeed[c.Name] = hasFeed[c.Name] || state.Followed
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
