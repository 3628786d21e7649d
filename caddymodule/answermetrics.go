package caddymodule

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/registry/budget"
)

// answers is the memory of all answers that are under way in the process.
var answers budget.Budget

var answerCollectors = []prometheus.Collector{
	prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "glance_registry_answers_bytes",
		Help: "Memory of the large answers that are under way, in bytes.",
	}, func() float64 { return float64(answers.Used()) }),
	prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "glance_registry_answers_refused_total",
		Help: "Answers for which no memory was left.",
	}, func() float64 { return float64(answers.Refused()) }),
}
