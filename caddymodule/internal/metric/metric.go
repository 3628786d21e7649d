// Package metric has what the gateway's metrics share. Collectors live as long as the
// process, so that a reload loses no counts. They are registered in the registry of
// every configuration.
package metric

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// LatencyBuckets are the buckets for durations, in seconds.
var LatencyBuckets = []float64{.001, .0025, .005, .01, .025, .1, .25, 1, 5, 10}

// Register registers collectors that other handlers may have registered before.
func Register(registry *prometheus.Registry, collectors ...prometheus.Collector) error {
	for _, c := range collectors {
		var already prometheus.AlreadyRegisteredError
		if err := registry.Register(c); err != nil && !errors.As(err, &already) {
			return err
		}
	}
	return nil
}
