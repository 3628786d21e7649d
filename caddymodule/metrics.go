package caddymodule

import (
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/registry/rest"
)

// The collectors live as long as the process, so that a reload loses no count.
// Every configuration has a registry of its own, where they are registered.
var (
	requestsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "glance_registry_requests_total",
		Help: "Requests that the registry answered, by route and class of the status.",
	}, []string{"route", "outcome"})

	requestSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "glance_registry_request_duration_seconds",
		Help:    "Time to answer a request, by route and class of the status.",
		Buckets: latencyBuckets,
	}, []string{"route", "outcome"})

	statementSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "glance_registry_database_statement_duration_seconds",
		Help:    "Time that a statement took in the database, by its name.",
		Buckets: latencyBuckets,
	}, []string{"statement", "outcome"})

	identityRefusalsTotal = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "glance_registry_identity_refusals_total",
		Help: "Requests with identity headers from peers that may not send any.",
	})
)

var latencyBuckets = []float64{.001, .0025, .005, .01, .025, .1, .25, 1, 5, 10}

// outcome is the class of a status. Clients that went away are no errors.
type outcome int

const (
	succeeded outcome = iota
	refused
	failed
	canceled
)

var outcomes = [...]string{succeeded: "2xx", refused: "4xx", failed: "5xx", canceled: "canceled"}

func outcomeOf(status int) outcome {
	switch {
	case status >= http.StatusInternalServerError:
		return failed
	case status >= http.StatusBadRequest:
		return refused
	}
	return succeeded
}

// Routes that registry v1 does not know.
const (
	routeNone        = "none"
	routeHealthcheck = "healthcheck"
	routeRPC         = "rpc"
)

// requestMetrics is the children of the collectors, by route and outcome.
type requestMetrics map[string]*[len(outcomes)]requestMetric

type requestMetric struct {
	count   prometheus.Counter
	seconds prometheus.Observer
}

// newRequestMetrics registers the collectors and looks their children up.
func newRequestMetrics(registry *prometheus.Registry) (requestMetrics, error) {
	own := []prometheus.Collector{requestsTotal, requestSeconds, statementSeconds, identityRefusalsTotal, commandsTotal,
		schemaInfo, schemaChangesTotal}
	if err := register(registry, append(own, cacheCollectors...)...); err != nil {
		return nil, err
	}
	m := make(requestMetrics)
	for _, route := range append(rest.RouteNames(), routeNone, routeHealthcheck, routeRPC) {
		m[route] = new([len(outcomes)]requestMetric)
		for n, outcome := range outcomes {
			m[route][n] = requestMetric{
				count:   requestsTotal.WithLabelValues(route, outcome),
				seconds: requestSeconds.WithLabelValues(route, outcome),
			}
		}
	}
	return m, nil
}

// register registers collectors that other handlers may have registered before.
func register(registry *prometheus.Registry, collectors ...prometheus.Collector) error {
	for _, c := range collectors {
		var already prometheus.AlreadyRegisteredError
		if err := registry.Register(c); err != nil && !errors.As(err, &already) {
			return err
		}
	}
	return nil
}

// observe counts a request.
func (m requestMetrics) observe(route string, o outcome, took time.Duration) {
	metric := &m[route][o]
	metric.count.Inc()
	metric.seconds.Observe(took.Seconds())
}

// observeStatement is the dbbackend.Observer of every database. The names of
// statements are a fixed set.
func observeStatement(name string, took time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "error"
	}
	statementSeconds.WithLabelValues(name, outcome).Observe(took.Seconds())
}
