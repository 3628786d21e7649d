package keystones

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/caddymodule/internal/metric"
	"github.com/glancegate/glancegate/identity/keystone"
)

var (
	validationsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "glance_registry_keystone_validations_total",
		Help: "Token validations, by outcome: hit (cached), valid, invalid, error (Keystone unavailable).",
	}, []string{"outcome"})

	validationSeconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "glance_registry_keystone_validation_duration_seconds",
		Help:    "Duration of token validations by Keystone, including logins and retries.",
		Buckets: metric.LatencyBuckets,
	})

	// Validations are the counters of validations, by outcome.
	Validations = func() map[keystone.Outcome]prometheus.Counter {
		children := make(map[keystone.Outcome]prometheus.Counter)
		for _, outcome := range keystone.Outcomes {
			children[outcome] = validationsTotal.WithLabelValues(string(outcome))
		}
		return children
	}()
)

// observeValidation is the observer of every validator.
func observeValidation(outcome keystone.Outcome, took time.Duration) {
	Validations[outcome].Inc()
	if outcome != keystone.Hit {
		validationSeconds.Observe(took.Seconds())
	}
}

// Collectors are registered with every configuration that asks a Keystone.
var Collectors = []prometheus.Collector{validationsTotal, validationSeconds}
