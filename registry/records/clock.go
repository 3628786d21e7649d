package records

import "time"

// Now is the time for a row: UTC, to the microsecond, as databases keep it. clock
// is nil where it is time.Now.
func Now(clock func() time.Time) time.Time {
	if clock == nil {
		clock = time.Now
	}
	return clock().UTC().Truncate(time.Microsecond)
}
