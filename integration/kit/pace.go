package kit

import "time"

// Pace lets one side of a test follow the other: its turns come at an interval, but
// not before the other side has done some steps since the last one. So a slow
// machine does both more slowly, and what is measured as a share of the steps does not
// depend on its speed.
type Pace struct {
	interval time.Duration
	steps    int
	done     chan struct{}
}

// NewPace makes a Pace whose turns are an interval and a number of steps apart.
func NewPace(interval time.Duration, steps int) *Pace {
	return &Pace{interval, steps, make(chan struct{}, steps)}
}

// Step says that a step was done. It does not wait.
func (p *Pace) Step() {
	select {
	case p.done <- struct{}{}:
	default: // more than a turn needs
	}
}

// Follow takes turns until stop is closed, and returns how many it took.
func (p *Pace) Follow(stop <-chan struct{}, turn func(n int)) (turns int) {
	tick := time.NewTicker(p.interval)
	defer tick.Stop()
	for ; ; turns++ {
		select {
		case <-stop:
			return turns
		case <-tick.C:
		}
		for range p.steps {
			select {
			case <-stop:
				return turns
			case <-p.done:
			}
		}
		turn(turns)
	}
}
