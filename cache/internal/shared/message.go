package shared

import (
	"encoding/base64"
	"encoding/json"
)

// message is what gateways tell each other. Messages of a node are numbered, so
// that the loss of one is noticed.
type message struct {
	Node   string   `json:"node"`
	Number uint64   `json:"number"`
	IDs    []string `json:"ids,omitempty"`
	Epoch  string   `json:"epoch,omitempty"` // base64; begins an epoch
}

// message numbers and encodes a message. Only the goroutine that sends may
// call it.
func (t *Tier) message(m message) string {
	t.mu.Lock()
	t.sent++
	m.Node, m.Number = t.node, t.sent
	t.mu.Unlock()
	text, _ := json.Marshal(m) // strings and a number: never fails
	return string(text)
}

// hear acts on a message of any node, this one included.
func (t *Tier) hear(text string) {
	var m message
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.Node == "" {
		// What it should have sent is not known.
		t.Listener.DroppedAll()
		return
	}
	own := m.Node == t.node
	t.mu.Lock()
	last, known := t.seen[m.Node]
	lost := known && m.Number != last+1
	t.mu.Unlock()
	switch {
	case m.Epoch != "":
		t.receiveEpoch(m)
	case own:
	case lost:
		t.Listener.DroppedAll()
	default:
		t.Listener.Dropped(m.IDs)
	}
	t.remember(m)
}

// maxNodes bounds the nodes whose messages are counted. Those that are gone are
// among them; when there are that many, everybody counts as new.
const maxNodes = 1000

func (t *Tier) remember(m message) {
	t.mu.Lock()
	_, known := t.seen[m.Node]
	full := !known && len(t.seen) >= maxNodes
	if full {
		clear(t.seen)
	}
	t.seen[m.Node] = m.Number
	t.mu.Unlock()
	if full { // the next message of each may follow one that was lost
		t.Listener.DroppedAll()
	}
}

// receiveEpoch begins an epoch. All gateways hear of epochs in one order, so all
// come to use the last one. The tier is in use once it has heard its own.
func (t *Tier) receiveEpoch(m message) {
	raw, err := base64.StdEncoding.DecodeString(m.Epoch)
	epoch, ok := parseToken(string(raw))
	if err != nil || !ok {
		t.Listener.DroppedAll()
		return
	}
	// The order matters: what is read from now on is of the new epoch, and what
	// was read before is kept from being stored.
	t.mu.Lock()
	t.epoch = epoch
	t.mu.Unlock()
	t.Listener.DroppedAll()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state != renewing || epoch != t.wanted {
		return
	}
	if t.missed > 0 { // a change that belongs before the epoch came after it
		t.askToRenew()
		return
	}
	was := t.said
	t.state, t.said = ready, saidUp
	if was != saidUp {
		t.Events.Up()
	}
}
