package databases

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/caddymodule/internal/metric"
)

var statementSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
	Name:    "glance_registry_database_statement_duration_seconds",
	Help:    "Duration of database statements, by name.",
	Buckets: metric.LatencyBuckets,
}, []string{"statement", "outcome"})

// Collectors are registered with every configuration.
var Collectors = []prometheus.Collector{statementSeconds, schemaInfo, schemaChangesTotal}

// observeStatement is the dbbackend.Observer of every database. The names of
// statements are a fixed set.
func observeStatement(name string, took time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "error"
	}
	statementSeconds.WithLabelValues(name, outcome).Observe(took.Seconds())
}
