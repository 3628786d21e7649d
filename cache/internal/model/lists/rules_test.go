package lists

// rules are what the protocol has; a test leaves one out.
type rules struct {
	noteFirst bool // a change is noted before its records are dropped
	settled   bool // a list looks at a record only after that
	before    bool // a list names the versions of the records that it shows
	after     bool // a list looks at the records as they are after the change
	untouched bool // a record that came with a list is kept only if no change was noted meanwhile
	leases    bool // a record that was read alone is kept only while its lease counts
}

var protocol = rules{noteFirst: true, settled: true, before: true, after: true, untouched: true, leases: true}

// model is the protocol with a kind of change.
type model struct {
	rules
	appears bool // the image, in the list; otherwise it disappears
}

// within reports whether the list may show the image.
func (m model) within(v value) bool { return (v == changed) == m.appears }

// next is every state that can follow.
func (m model) next(s state) (all []state) {
	add := func(s state, possible bool) {
		if possible {
			all = append(all, s)
		}
	}
	add(m.change(s))
	add(m.list(s))
	add(m.read(s))
	evicted := s
	evicted.record, evicted.list.same = nothing, false
	add(evicted, s.record != nothing)
	return all
}

// change makes the change and reports it.
func (m model) change(s state) (state, bool) {
	note := func() { s.number = 1 }
	drop := func() {
		s.record, s.list.same, s.reader.lease, s.lister.lease = nothing, false, false, false
	}
	steps := []func(){note, drop, func() {}}
	if !m.noteFirst {
		steps[0], steps[1] = drop, note
	}
	switch {
	case s.database == old:
		s.database = changed
	case s.report == settled:
		return s, false
	default:
		steps[s.report]()
		s.report++
	}
	return s, true
}

func (m model) put(s *state, v value) {
	if s.record != v {
		s.list.same = false
	}
	s.record = v
}

// list is the next step of who asks for the list.
func (m model) list(s state) (state, bool) {
	l := &s.lister
	switch l.step {
	case idle:
		*l = lister{step: looking, times: l.times + 1, late: s.report == settled, number: s.number}
	case looking:
		switch {
		case !s.list.kept:
			l.step = reading
		case s.list.number == l.number || !m.after:
			m.give(&s)
		case m.settled && s.report != settled:
			l.step = reading
		case s.record == nothing:
			l.step, l.lease = asking, true
		default:
			m.judge(&s, s.record)
		}
	case asking:
		l.got, l.step = s.database, judging
	case judging:
		if l.lease || !m.leases {
			m.put(&s, l.got)
		}
		m.judge(&s, l.got)
	case reading:
		l.number, l.got, l.step = s.number, s.database, keeping
	case keeping:
		m.keep(&s)
	case done:
		if l.times == 3 {
			return s, false
		}
		l.step = idle
	}
	return s, true
}

// judge decides by a record whether the change concerns the list.
func (m model) judge(s *state, record value) {
	if m.within(record) {
		s.lister.step = reading
		return
	}
	s.list.number = max(s.list.number, s.lister.number)
	m.give(s)
}

// give answers with the list that is kept, unless it shows another record than the one that is.
func (m model) give(s *state) {
	s.lister.step = reading
	if !s.list.shows || s.list.same || !m.before {
		s.lister.shows, s.lister.step = s.list.shows, done
	}
}

// keep keeps a list that was read, and the record that it shows.
func (m model) keep(s *state) {
	l := &s.lister
	l.shows, l.step = m.within(l.got), done
	if l.shows {
		if m.untouched && s.number != l.number {
			return
		}
		m.put(s, l.got)
	}
	s.list = list{kept: true, shows: l.shows, same: l.shows, number: l.number}
}

// read is the next step of who asks for the record.
func (m model) read(s state) (state, bool) {
	r := &s.reader
	switch r.step {
	case idle:
		if r.times == 2 || s.record != nothing {
			return s, false
		}
		*r = reader{step: reading, times: r.times + 1, lease: true}
	case reading:
		r.got, r.step = s.database, keeping
	case keeping:
		if r.lease || !m.leases {
			m.put(&s, r.got)
		}
		r.step = idle
	}
	return s, true
}
