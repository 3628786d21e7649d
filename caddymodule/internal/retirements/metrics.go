package retirements

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/internal/retirement"
)

// Collectors are the metrics of planned ends. They live as long as the process.
var Collectors = []prometheus.Collector{
	RequestsTotal,
	prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "glance_registry_brownout_active",
		Help: "1 during a brownout of any site, also one of a dry run, otherwise 0.",
	}, func() float64 {
		for _, s := range all() {
			if phase, _ := s.At(time.Now()); phase == retirement.InBrownout {
				return 1
			}
		}
		return 0
	}),
	prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "glance_registry_brownout_start_timestamp_seconds",
		Help: "When the current or the next brownout begins, as Unix time; 0 if none is planned.",
	}, func() float64 {
		return earliest(func(s *Retirement) time.Time {
			w, _ := s.Next(time.Now())
			return w.Start
		})
	}),
	prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "glance_registry_sunset_timestamp_seconds",
		Help: "When the registry ends, as Unix time; 0 if that is not planned.",
	}, func() float64 { return earliest(func(s *Retirement) time.Time { return s.Sunset }) }),
}

// earliest is the first moment that the retirements name, as Unix time; 0 for none.
func earliest(of func(*Retirement) time.Time) float64 {
	var first time.Time
	for _, s := range all() {
		if t := of(s); !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if first.IsZero() {
		return 0
	}
	return float64(first.Unix())
}
