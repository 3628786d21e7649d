package shadows

import (
	"maps"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

// Collectors are the metrics of shadows.
var Collectors = []prometheus.Collector{collector{}}

var (
	compared = prometheus.NewDesc("glance_registry_shadow_compared_total",
		"Calls whose answers by the gateway and by the old registry were compared, by route or command.", []string{"call"}, nil)
	differences = prometheus.NewDesc("glance_registry_shadow_differences_total",
		"Calls whose answers differed, by route or command and kind: status, field, order, row, header or body.", []string{"call", "kind"}, nil)
	allowed = prometheus.NewDesc("glance_registry_shadow_allowed_total",
		"Requests whose answers differed as they may, by the name of the reason.", []string{"reason"}, nil)
	skipped = prometheus.NewDesc("glance_registry_shadow_skipped_total",
		"Requests that were not compared, by reason.", []string{"reason"}, nil)
	up = prometheus.NewDesc("glance_registry_shadow_up",
		"1 if the old registry answered last time, 0 if it failed.", []string{"old", "serve"}, nil)
	waiting = prometheus.NewDesc("glance_registry_shadow_waiting",
		"Requests that are still to be compared.", []string{"old", "serve"}, nil)
)

// collector reads the counts when it is asked.
type collector struct{}

// Describe implements prometheus.Collector.
func (collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{compared, differences, allowed, skipped, up, waiting} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (collector) Collect(to chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, value int64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(value), labels...)
	}
	sum := total()
	for name, call := range sum.Calls {
		counter(compared, call.Compared, name)
		for _, kind := range shadow.Kinds {
			counter(differences, call.Differences[kind], name, string(kind))
		}
	}
	for reason, n := range sum.Allowed {
		counter(allowed, n, reason)
	}
	for reason, n := range sum.Skipped {
		counter(skipped, n, reason)
	}
	for _, r := range current() {
		value := 0.0
		if r.Service.Reachable {
			value = 1
		}
		to <- prometheus.MustNewConstMetric(up, prometheus.GaugeValue, value, r.Old, r.Serve)
		to <- prometheus.MustNewConstMetric(waiting, prometheus.GaugeValue, float64(r.Waiting), r.Old, r.Serve)
	}
}

// current are the reports, one for each service and mode: two shadows may differ in their
// number of samples alone.
func current() []*shadow.Report {
	return slices.CompactFunc(Reports(), func(a, b *shadow.Report) bool { return a.Old == b.Old && a.Serve == b.Serve })
}

// total sums all ledgers.
func total() shadow.Counts {
	ledgers.Lock()
	defer ledgers.Unlock()
	var sum shadow.Counts
	for _, l := range slices.Collect(maps.Values(ledgers.byURL)) {
		sum.Add(l.Total())
	}
	return sum
}
