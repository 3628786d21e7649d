package retirements

import (
	"time"

	"github.com/glancegate/glancegate/internal/retirement"
)

// Report is the planned end of one site, and where it stands.
type Report struct {
	Phase      string     `json:"phase"` // ordinary, brownout, reads_only or ended
	DryRun     bool       `json:"dry_run"`
	Deprecated *time.Time `json:"deprecated"`
	Sunset     *time.Time `json:"sunset"`
	Link       string     `json:"link,omitempty"`
	Contact    string     `json:"contact,omitempty"`
	Brownouts  []Window   `json:"brownouts"` // the current one and the next ones
	Share      float64    `json:"share"`
	Status     int        `json:"status"`
}

// Window is a time of a brownout.
type Window struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

var phases = [...]string{
	retirement.Ordinary: "ordinary", retirement.InBrownout: "brownout",
	retirement.ReadsOnly: "reads_only", retirement.Ended: "ended",
}

// maxAhead bounds the brownouts of a report.
const maxAhead = 5

// Reports are the planned ends of all sites.
func Reports(now time.Time) []Report {
	reports := []Report{}
	for _, s := range all() {
		reports = append(reports, s.report(now))
	}
	return reports
}

func (s *Retirement) report(now time.Time) Report {
	phase, _ := s.At(now)
	report := Report{
		Phase: phases[phase], DryRun: s.DryRun, Deprecated: timeOrNil(s.Deprecated), Sunset: timeOrNil(s.Sunset),
		Link: s.Link, Contact: s.Contact, Share: s.Share, Status: s.Status, Brownouts: []Window{},
	}
	for moment := now; len(report.Brownouts) < maxAhead; {
		w, ok := s.Next(moment)
		if !ok {
			break
		}
		report.Brownouts = append(report.Brownouts, Window(w))
		moment = w.End
	}
	return report
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
