package shared

import "time"

// What tests in other gateways' and programs' shoes have to know.

func (n Name) Key() string   { return n.key }
func (n Name) Group() string { return n.group }

func (t *Tier) Channel() string { return t.channel() }

// RaiseTimeout lets a gateway wait for a Redis that a loaded machine keeps waiting.
func (t *Tier) RaiseTimeout() { t.timeout = 10 * time.Second }

// AwaitPuts waits until no value is on its way.
func (t *Tier) AwaitPuts() {
	for len(t.putting) > 0 {
		time.Sleep(time.Millisecond)
	}
}

// Agrees reports whether a gateway has heard everything that another one, or
// itself, has sent, and whether both are in use and in the same epoch.
func (t *Tier) Agrees(other *Tier) bool {
	other.mu.Lock()
	node, sent, epoch, state := other.node, other.sent, other.epoch, other.state
	other.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	seen, known := t.seen[node] // unknown is what was sent before it listened
	return (seen == sent || !known) && t.state == ready && state == ready && t.epoch == epoch
}
