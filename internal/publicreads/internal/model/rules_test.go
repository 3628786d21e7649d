package model

// rules are what the protocol has; a test leaves some out.
type rules struct {
	compare bool // an answer is kept only if it agrees with the record
	lease   bool // ... and nothing has changed since before it was asked for
	version bool // ... and the record is still the one that it was compared with
	void    bool // an answer goes with its record
	blocks  bool // what readers may not see yet is kept out
}

var protocol = rules{compare: true, lease: true, version: true, void: true, blocks: true}

// model is the protocol with a kind of change.
type model struct {
	rules
	unseen bool // by the comparison; the node does not lag then
}

// next is every state that can follow.
func (m model) next(s state) (all []state) {
	add := func(s state, possible bool) {
		if possible {
			all = append(all, s)
		}
	}
	visible := s
	visible.database = changed
	if m.unseen {
		visible.node = changed
	}
	add(visible, s.database == old)
	caught := s
	caught.node = changed
	add(caught, s.database == changed && s.node == old)
	add(m.hear(s))
	evicted := s
	m.drop(&evicted)
	evicted.asker.lease = s.asker.lease // room is made without a change
	add(evicted, s.record != nothing)
	add(m.ask(s))
	return all
}

// hear is the next step of the feed.
func (m model) hear(s state) (state, bool) {
	switch {
	case s.feed == unheard:
		m.drop(&s)
		s.feed = settled
		if m.blocks {
			s.feed, s.held = holding, true
		}
		return s, true
	case s.feed == holding && s.database == changed:
		m.drop(&s)
		s.feed, s.held = settled, false
		return s, true
	}
	return s, false
}

func (m model) drop(s *state) {
	s.record = nothing
	s.asker.lease, s.asker.fill, s.asker.same = false, false, false
	if m.void {
		s.answer = nothing
	}
}

// ask is the next step of who asks.
func (m model) ask(s state) (state, bool) {
	a := &s.asker
	switch a.step {
	case idle:
		if a.times == 2 {
			return s, false
		}
		*a = asker{times: a.times + 1, step: asking, lease: !s.held}
	case asking:
		a.got, a.step = s.node, answered
	case answered:
		if s.record != nothing {
			a.beside, a.same, a.step = s.record, true, compared
			break
		}
		a.fill, a.step = !s.held, reading
	case reading:
		a.beside, a.step = s.database, read
	case read:
		if a.fill {
			s.record, a.same = a.beside, true
		}
		a.step = compared
	case compared:
		if m.keeps(a) {
			s.answer = a.got
		}
		a.step = idle
	}
	return s, true
}

func (m model) keeps(a *asker) bool {
	agrees := !m.compare || m.unseen || a.got == a.beside
	return agrees && (a.lease || !m.lease) && (a.same || !m.version)
}
