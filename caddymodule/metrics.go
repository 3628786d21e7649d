package caddymodule

import (
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/caddymodule/internal/caches"
	"github.com/glancegate/glancegate/caddymodule/internal/databases"
	"github.com/glancegate/glancegate/caddymodule/internal/metric"
	"github.com/glancegate/glancegate/caddymodule/internal/retirements"
	"github.com/glancegate/glancegate/caddymodule/internal/shadows"
	"github.com/glancegate/glancegate/internal/version"
	"github.com/glancegate/glancegate/registry/budget"
	"github.com/glancegate/glancegate/registry/imagesv1"
	"github.com/glancegate/glancegate/registry/rest"
)

// The collectors live as long as the process, so that a reload loses no counts. They are
// registered in the registry of every configuration.
var (
	requestsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "glance_registry_requests_total",
		Help: "Requests answered, by route and status class.",
	}, []string{"route", "outcome"})

	requestSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "glance_registry_request_duration_seconds",
		Help:    "Duration of requests, by route and status class.",
		Buckets: metric.LatencyBuckets,
	}, []string{"route", "outcome"})

	identityRefusalsTotal = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "glance_registry_identity_refusals_total",
		Help: "Requests refused because their peer may not send identity headers.",
	})
)

// newBuildInfo has the value 1; the build is in its labels.
func newBuildInfo() prometheus.Collector {
	build := version.Current()
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "glance_registry_build_info",
		Help:        "1 for the build of the gateway that runs.",
		ConstLabels: prometheus.Labels{"version": build.Version, "commit": build.Commit, "goversion": build.Go},
	}, func() float64 { return 1 })
}

// outcome is the class of a status. A client that disconnects is not an error.
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

// requestMetrics has the children of the collectors, by route and outcome.
type requestMetrics map[string]*[len(outcomes)]requestMetric

type requestMetric struct {
	count   prometheus.Counter
	seconds prometheus.Observer
}

// newRequestMetrics registers the collectors and looks their children up.
func newRequestMetrics(registry *prometheus.Registry) (requestMetrics, error) {
	own := []prometheus.Collector{requestsTotal, requestSeconds, identityRefusalsTotal, commandsTotal, newBuildInfo()}
	if err := metric.Register(registry, slices.Concat(own, databases.Collectors, caches.Collectors, retirements.Collectors, shadows.Collectors, answerCollectors, publicCollectors)...); err != nil {
		return nil, err
	}
	m := make(requestMetrics)
	for _, route := range slices.Concat(rest.RouteNames(), imagesv1.RouteNames(), []string{routeNone, routeHealthcheck, routeRPC}) {
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

// observe counts a request.
func (m requestMetrics) observe(route string, o outcome, took time.Duration) {
	metric := &m[route][o]
	metric.count.Inc()
	metric.seconds.Observe(took.Seconds())
}

// answers bounds the memory of all answers in progress in the process.
var answers budget.Budget

var answerCollectors = []prometheus.Collector{
	prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "glance_registry_answers_bytes",
		Help: "Memory of large answers in progress, in bytes.",
	}, func() float64 { return float64(answers.Used()) }),
	prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "glance_registry_answers_refused_total",
		Help: "Answers refused for lack of memory.",
	}, func() float64 { return float64(answers.Refused()) }),
}
