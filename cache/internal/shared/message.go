package shared

import (
	"encoding/base64"
	"encoding/json"
)

// message is a message between gateways. The messages of a node are numbered, so that
// a lost one is noticed.
type message struct {
	Node   string   `json:"node"`
	Number uint64   `json:"number"`
	IDs    []string `json:"ids,omitempty"`
	Epoch  string   `json:"epoch,omitempty"` // base64; begins an epoch
}

// message numbers and encodes a message. Only the goroutine of publish may call it.
func (t *Tier) message(m message) string {
	t.mu.Lock()
	t.sent++
	m.Node, m.Number = t.node, t.sent
	t.mu.Unlock()
	text, _ := json.Marshal(m) // strings and a number never fail
	return string(text)
}

// receive handles a message of any node, including this one.
func (t *Tier) receive(text string) {
	var m message
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.Node == "" {
		// It may have been any change.
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

// maxNodes bounds the nodes whose messages are counted, including stopped ones. When
// the bound is reached, all nodes count as new.
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
	if full { // a message before each node's next one may be lost
		t.Listener.DroppedAll()
	}
}

// receiveEpoch begins an epoch. All gateways receive epochs in the same order, so all
// use the last one. The tier is in use once it has received its own.
func (t *Tier) receiveEpoch(m message) {
	raw, err := base64.StdEncoding.DecodeString(m.Epoch)
	epoch, ok := parseToken(string(raw))
	if err != nil || !ok {
		t.Listener.DroppedAll()
		return
	}
	// The order matters: values read from now on are of the new epoch, and values read
	// before are not stored.
	t.mu.Lock()
	t.epoch = epoch
	t.mu.Unlock()
	t.Listener.DroppedAll()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state != renewing || epoch != t.wanted {
		return
	}
	if t.unsent > 0 { // a change was not sent after the epoch began
		t.askToRenew()
		return
	}
	was := t.reported
	t.state, t.reported = ready, reportedUp
	if was != reportedUp {
		t.Events.Up()
	}
}
