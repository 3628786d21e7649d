package integration

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// TestConformance replays all recorded requests on every database. One case on one database:
//
//	go test ./integration -run 'TestConformance/mysql/v1.images.show.x.001'
func TestConformance(t *testing.T) {
	cases, known := recordings(t)
	var report conformance.Report
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			url := StartGateway(t, registryOn(db))
			conformance.Run(t, conformance.Target{BaseURLs: []string{url}, DB: db}, cases,
				conformance.Options{Known: known, Report: &report})
		})
	}
	for _, d := range report.Stale(known) {
		t.Errorf("deviations.json: %s does not deviate on any database", d.Case)
	}
}

// registryOn is a site that serves a database to trusted callers, like the
// registry that was recorded.
func registryOn(db *servers.Database) string {
	return fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\ncompatible_with train\n}", db.URL)
}

// recordings are all cases, and the deviations that are known.
func recordings(t *testing.T) ([]*conformance.Case, conformance.Deviations) {
	t.Helper()
	cases, err := conformance.Load(func(*conformance.Case) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	known, err := conformance.LoadDeviations()
	if err != nil {
		t.Fatal(err)
	}
	return cases, known
}
