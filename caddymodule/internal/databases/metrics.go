package databases

import (
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

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

// tellOddRow is the dbbackend.Config.OnOddRow of a database. It outlives the
// configuration that made it, so it uses Caddy's own log.
func tellOddRow(database string) func(row, problem string) {
	return func(row, problem string) {
		caddy.Log().Named("http.handlers.glance_registry").Warn("a row has a value that Glance would not have stored; answers show it as well as possible",
			zap.String("database", database), zap.String("row", row), zap.String("problem", problem))
	}
}
