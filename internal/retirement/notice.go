package retirement

import "time"

// Event is what a notice is about.
type Event string

const (
	BrownoutAhead  Event = "brownout ahead"
	BrownoutBegins Event = "brownout begins"
	BrownoutEnds   Event = "brownout ends"
	SunsetAhead    Event = "sunset ahead"
	Sunset         Event = "sunset"
	ReadsEnd       Event = "reads end"
)

// Notice is something that the log announces.
type Notice struct {
	At     time.Time
	Event  Event
	Window Window // of a brownout
}

// ahead is how long before brownouts and the sunset a notice says that they come.
var (
	beforeBrownout = []time.Duration{24 * time.Hour, time.Hour, 5 * time.Minute}
	beforeSunset   = []time.Duration{30 * 24 * time.Hour, 7 * 24 * time.Hour, 24 * time.Hour}
)

// Notices are the first notices after a moment; they are due at one time.
func (p *Plan) Notices(after time.Time) (next []Notice) {
	consider := func(n Notice) {
		switch {
		case !n.At.After(after) || len(next) > 0 && n.At.After(next[0].At):
		case len(next) > 0 && n.At.Equal(next[0].At):
			next = append(next, n)
		default:
			next = []Notice{n}
		}
	}
	// A long notice of the brownout after the next may come before the next one.
	for _, b := range p.Brownouts {
		for _, early := range beforeBrownout {
			if w, found := b.next(after.Add(early)); found && !p.over(w.Start) {
				consider(Notice{At: w.Start.Add(-early), Event: BrownoutAhead, Window: w})
			}
		}
	}
	if w, found := p.Next(after); found {
		consider(Notice{At: w.Start, Event: BrownoutBegins, Window: w})
		consider(Notice{At: w.End, Event: BrownoutEnds, Window: w})
	}
	if p.Sunset.IsZero() {
		return next
	}
	for _, early := range beforeSunset {
		consider(Notice{At: p.Sunset.Add(-early), Event: SunsetAhead})
	}
	consider(Notice{At: p.Sunset, Event: Sunset})
	if p.AfterSunset == Reads && p.ReadsFor > 0 {
		consider(Notice{At: p.Sunset.Add(p.ReadsFor), Event: ReadsEnd})
	}
	return next
}

// over reports whether the sunset has ended the brownouts at a moment.
func (p *Plan) over(moment time.Time) bool {
	return !p.Sunset.IsZero() && p.AfterSunset != Serve && !moment.Before(p.Sunset)
}
