package model

// disturb is what can happen to a feed and with time.
func (m model) disturb(s state) (all []state) {
	if s.database == changed && !s.late {
		// What was current before the change counts no more.
		later := s
		later.late = true
		all = append(all, later)
	}
	// One of two feeds that are alike, before it would have read the change.
	if !s.nodes[0].mute && s.feed[0] == unheard && s.database == old {
		deafened := s
		deafened.nodes[0].mute = true
		all = append(all, deafened)
	}
	for n := range s.nodes {
		// Looks of before make no difference yet.
		if s.late && !s.nodes[n].current && m.succeeds(s, n) {
			looked := s
			looked.nodes[n].current = true
			all = append(all, looked)
		}
	}
	return all
}

// succeeds reports whether a look can, at the server of a node's feed. One that
// waits for nothing is answered at once by a server that is behind. Of a log that was
// begun anew the feed seems to have read more than there is.
func (m model) succeeds(s state, n int) bool {
	switch {
	case s.nodes[n].mute:
		return !m.history
	case m.causal:
		return s.feed[n] != unheard
	}
	return true
}
