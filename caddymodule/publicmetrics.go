package caddymodule

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/internal/publicreads"
)

// publicCounters is what public reads of all sites count in.
var publicCounters = new(publicreads.Counters)

var publicCollectors = makePublicCollectors()

func makePublicCollectors() (list []prometheus.Collector) {
	add := func(name, help string, labels prometheus.Labels, value func() uint64) {
		list = append(list, prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "glance_registry_public_reads_" + name, Help: help, ConstLabels: labels},
			func() float64 { return float64(value()) }))
	}
	add("hits_total", "Public reads that were answered with what glance-api had answered before.", nil, publicCounters.Hits.Load)
	add("misses_total", "Public reads that glance-api answered, where an answer could have been kept.", nil, publicCounters.Misses.Load)
	add("kept_total", "Answers of glance-api that were kept.", nil, publicCounters.Kept.Load)
	for why := range publicreads.Reasons {
		add("refused_total", "Public reads whose answer was not kept, or that were passed on without a look, by the reason.",
			prometheus.Labels{"reason": why.String()}, publicCounters.Refused[why].Load)
	}
	return list
}

// publicReport is what the admin API shows of public reads.
type publicReport struct {
	Answers int               `json:"answers"` // that are kept now
	Bytes   int64             `json:"bytes"`
	Hits    uint64            `json:"hits"` // since the process began
	Misses  uint64            `json:"misses"`
	Kept    uint64            `json:"kept"`
	Refused map[string]uint64 `json:"refused"`
}

func newPublicReport() publicReport {
	report := publicReport{
		Hits: publicCounters.Hits.Load(), Misses: publicCounters.Misses.Load(), Kept: publicCounters.Kept.Load(),
		Refused: map[string]uint64{},
	}
	for why := range publicreads.Reasons {
		if n := publicCounters.Refused[why].Load(); n > 0 {
			report.Refused[why.String()] = n
		}
	}
	return report
}
