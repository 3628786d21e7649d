package retirement

import (
	"fmt"
	"strings"
	"time"
)

// Brownout is a planned failure, once or every week.
type Brownout struct {
	// Start is when it begins; of a weekly one, when it began for the first time: only
	// the day of the week and the time of the day count, in UTC.
	Start time.Time

	// Length is how long it takes: above 0, and at most a week if it is weekly.
	Length time.Duration

	Weekly bool
}

// Window is a time from Start until just before End.
type Window struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

const week = 7 * 24 * time.Hour

// next is the window that a moment is in, or the first after it.
func (b Brownout) next(now time.Time) (Window, bool) {
	start := b.Start
	if b.Weekly {
		// The last one that began before now, or at it.
		since := now.Sub(start) % week
		if since < 0 {
			since += week
		}
		start = now.Add(-since)
		if since >= b.Length {
			start = start.Add(week)
		}
	}
	w := Window{Start: start, End: start.Add(b.Length)}
	return w, now.Before(w.End)
}

// weekdays by the names that ParseWeekly takes.
var weekdays = map[string]time.Weekday{
	"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday,
}

// ParseWeekly reads a brownout of every week from its day, such as Tue or Tuesday, and
// its time in UTC, such as 10:00.
func ParseWeekly(day, clock string, length time.Duration) (Brownout, error) {
	weekday, known := weekdays[strings.ToLower(day[:min(3, len(day))])]
	if !known || len(day) > 3 && !strings.EqualFold(day, weekday.String()) {
		return Brownout{}, fmt.Errorf("%q is no day of the week; write Mon, Tue, Wed, Thu, Fri, Sat or Sun", day)
	}
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return Brownout{}, fmt.Errorf("%q is no time of the day; write it like 10:00, in UTC", clock)
	}
	if length > week {
		return Brownout{}, fmt.Errorf("a weekly brownout of %s is longer than a week", length)
	}
	const sunday = 4 // January 4th of 1970
	start := time.Date(1970, time.January, sunday+int(weekday), at.Hour(), at.Minute(), 0, 0, time.UTC)
	return Brownout{Start: start, Length: length, Weekly: true}, nil
}

// ParseTime reads a time in UTC or with an offset, as in RFC 3339, or a date, which is
// its first moment in UTC.
func ParseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither a date nor a time; write it like 2027-06-30 or 2027-06-30T10:00:00Z", s)
}
