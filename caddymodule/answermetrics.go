package caddymodule

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/registry/budget"
)

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
