package retirement

import "time"

// Report is a plan, and where it stands.
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

// Hit is how often a plan concerned a peer, or would have in a dry run.
type Hit struct {
	Peer        string    `json:"peer"`
	Refused     int       `json:"refused"`
	ReadOnly    int       `json:"read_only"`    // served, but for writes
	WouldRefuse int       `json:"would_refuse"` // counted by a dry run
	Last        time.Time `json:"last_seen"`
}

var phases = [...]string{Ordinary: "ordinary", InBrownout: "brownout", ReadsOnly: "reads_only", Ended: "ended"}

// maxAhead bounds the brownouts of a report.
const maxAhead = 5

// Report says where a moment stands in the plan.
func (p *Plan) Report(now time.Time) Report {
	phase, _ := p.At(now)
	report := Report{
		Phase: phases[phase], Deprecated: timeOrNil(p.Deprecated), Sunset: timeOrNil(p.Sunset),
		Link: p.Link, Share: p.Share, Status: p.Status, Brownouts: []Window{},
	}
	for moment := now; len(report.Brownouts) < maxAhead; {
		w, ok := p.Next(moment)
		if !ok {
			break
		}
		report.Brownouts = append(report.Brownouts, w)
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
