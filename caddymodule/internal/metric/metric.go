// Package metric has what the metrics of the gateway have in common. Collectors
// live as long as the process, so that a reload loses no count. Every
// configuration has a registry of its own, where they are registered.
package metric

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// LatencyBuckets are those of all durations, in seconds.
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
