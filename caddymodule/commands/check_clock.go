package commands

import (
	"fmt"
	"time"
)

// tolerated is a difference of clocks that does no harm.
const tolerated = 2 * time.Second

// checkSkew judges a difference of clocks, which is as precise as error says.
func checkSkew(ahead, precision time.Duration, harm string) (result, text string) {
	if ahead.Abs() <= tolerated+precision {
		return checkOK, "it agrees with the clock here within " + round(tolerated+precision).String()
	}
	direction := "ahead of"
	if ahead < 0 {
		direction = "behind"
	}
	return checkWarning, fmt.Sprintf("it is %s %s the clock here: %s; use NTP on both hosts", round(ahead.Abs()), direction, harm)
}

func round(d time.Duration) time.Duration {
	if d > 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(time.Millisecond)
}
