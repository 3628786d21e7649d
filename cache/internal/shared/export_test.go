package shared

import "time"

// Internals for tests that act as other gateways or programs.

func (n Name) Key() string   { return n.key }
func (n Name) Group() string { return n.group }

func (t *Tier) Channel() string { return t.channel() }

// RaiseTimeout is for tests on a loaded machine that are not about time.
func (t *Tier) RaiseTimeout() { t.timeout = 10 * time.Second }

// Puts returns how many values are being stored.
func (t *Tier) Puts() int { return len(t.putting) }

// Agrees reports whether a gateway has received everything that another one, or
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
