package commands

import (
	"fmt"
	"time"
)

// tolerated is a harmless difference of clocks.
const tolerated = 2 * time.Second

// checkSkew judges a difference of clocks, measured with this precision.
func checkSkew(ahead, precision time.Duration, harm string) (result, text string) {
	if ahead.Abs() <= tolerated+precision {
		return checkOK, "it agrees with the local clock within " + round(tolerated+precision).String()
	}
	direction := "ahead of"
	if ahead < 0 {
		direction = "behind"
	}
	return checkWarning, fmt.Sprintf("it is %s %s the local clock: %s; use NTP on both hosts", round(ahead.Abs()), direction, harm)
}

func round(d time.Duration) time.Duration {
	if d > 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(time.Millisecond)
}
