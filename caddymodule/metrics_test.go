package caddymodule

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func TestMetrics(t *testing.T) {
	t.Setenv("GLANCE_PASSWORD", "s3cret-database")
	index := requestsTotal.WithLabelValues("images.index", "2xx")
	none := requestsTotal.WithLabelValues("none", "4xx")
	before, beforeNone := valueOf(t, index), valueOf(t, none)

	s := start(t, loggingSite)
	s.do("GET", "/images", asAdmin...)
	s.load(loggingSite + "# another configuration\n")
	s.do("GET", "/images", asAdmin...)
	s.do("GET", "/no-such-path-makes-a-label", asAdmin...)

	if got := valueOf(t, index) - before; got != 2 {
		t.Errorf("images.index: %v requests, want 2", got)
	}
	if got := valueOf(t, none) - beforeNone; got != 1 {
		t.Errorf("none: %v requests, want 1", got)
	}
	_, scrape := s.do("GET", "/metrics")
	for _, want := range []string{
		`glance_registry_requests_total{outcome="2xx",route="images.index"}`,
		`glance_registry_request_duration_seconds_count{outcome="4xx",route="none"}`,
		`glance_registry_database_statement_duration_seconds_count{outcome="ok",statement=`,
		`glance_registry_identity_refusals_total`,
	} {
		if !strings.Contains(scrape, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(scrape, "no-such-path") {
		t.Error("a path became a label")
	}
}

func valueOf(t *testing.T, c prometheus.Counter) float64 {
	t.Helper()
	var m dto.Metric
	if err := c.Write(&m); err != nil {
		t.Fatal(err)
	}
	return m.Counter.GetValue()
}
