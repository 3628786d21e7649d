package retirements

import (
	"time"

	"github.com/glancegate/glancegate/internal/retirement"
)

// Reports are the planned ends of all sites.
func Reports(now time.Time) []retirement.Report {
	reports := []retirement.Report{}
	for _, s := range all() {
		report := s.Report(now)
		report.DryRun, report.Contact = s.DryRun, s.Contact
		reports = append(reports, report)
	}
	return reports
}
