package model

// rules are what the protocol has; a test leaves one out.
type rules struct {
	leases     bool // a value is stored only while its lease counts
	tokens     bool // a value in Redis counts only with the group's token
	tokenFirst bool // the token is read before the database
	redisFirst bool // a change voids Redis before this process
	voidFirst  bool // ... and before the other node is notified
	blocks     bool // what readers may not see yet is kept out of the cache
	looks      bool // a feed counts for two seconds after a look at its server
	causal     bool // a look waits for what the cluster has committed, and for the feed to have read it
	history    bool // a look finds that the log was begun anew
}

var protocol = rules{leases: true, tokens: true, tokenFirst: true, redisFirst: true, voidFirst: true, blocks: true,
	looks: true, causal: true, history: true}

// model is the protocol with a kind of change.
type model struct {
	rules
	inDatabase bool // the change is not made through node 0, but reported by feeds
	disturbed  bool // ... which may be alive and behind, or deaf, for as long as they like
}

// next is every state that can follow.
func (m model) next(s state) []state {
	var all []state
	add := func(s state, possible bool) {
		if possible {
			all = append(all, s)
		}
	}
	if m.inDatabase {
		// The database shows the change at some time, perhaps after the feed has reported it.
		visible := s
		visible.database = changed
		add(visible, s.database == old)
		for n := range s.nodes {
			add(m.follow(s, n))
		}
		if m.disturbed {
			all = append(all, m.disturb(s)...)
		}
	} else {
		add(m.write(s))
		add(m.deliver(s))
	}
	for n := range s.nodes {
		add(m.read(s, n))
		add(put(s, n))
	}
	return all
}

// write is the next step of a change through node 0.
func (m model) write(s state) (state, bool) {
	steps := []func(){
		func() { s.database = changed },
		func() { s.void() },
		func() { s.nodes[1].mail = true },
		func() { s.nodes[0].drop() },
		func() {},
	}
	if !m.redisFirst {
		steps[1], steps[3] = steps[3], steps[1]
	}
	if !m.voidFirst {
		steps[1], steps[2] = steps[2], steps[1]
	}
	if s.writer == acknowledged {
		return s, false
	}
	steps[s.writer]()
	s.writer++
	return s, true
}

// deliver lets node 1 act on the message.
func (m model) deliver(s state) (state, bool) {
	if !s.nodes[1].mail {
		return s, false
	}
	s.nodes[1].mail, s.nodes[1].knows = false, true
	s.nodes[1].drop()
	return s, true
}

// follow is the next step of a node's feed. Without blocks it takes the change for
// visible when it reads it.
func (m model) follow(s state, n int) (state, bool) {
	switch {
	case s.feed[n] == unheard && s.nodes[n].mute:
		return s, false
	case s.feed[n] == unheard:
		s.void()
		s.nodes[n].drop()
		s.feed[n] = visible
		if m.blocks {
			s.feed[n] = blocking
			s.nodes[n].blocked = true
		}
		return s, true
	case s.feed[n] == blocking && s.database == changed:
		s.void()
		s.nodes[n].drop()
		s.nodes[n].blocked = false
		s.feed[n] = visible
		return s, true
	}
	return s, false
}

func (s *state) void() { s.token, s.stored = 0, stored{} }

func (n *node) drop() { n.local, n.lease = nothing, false }

// knows reports whether a node must have dropped what it had from before the change.
func (m model) knows(s state, n int) bool {
	switch {
	case m.inDatabase:
		return s.feed[n] == visible && s.database == changed
	case n == 0:
		return s.writer == acknowledged
	}
	return s.nodes[1].knows
}

// mustSee reports whether a read that begins now has to find the change.
func (m model) mustSee(s state, n int) bool { return s.late || m.knows(s, n) }

// serving reports whether a node may answer from the cache.
func (m model) serving(s state, n int) bool { return !m.looks || !s.late || s.nodes[n].current }

// read is the next step of a node's reader.
func (m model) read(s state, n int) (state, bool) {
	node := &s.nodes[n]
	r := &node.reader
	switch r.step {
	case idle:
		r.late = m.mustSee(s, n)
		if !m.serving(s, n) {
			node.lease, r.step = false, leased
			break
		}
		if node.local != nothing {
			r.value, r.step = node.local, done
			return s, true
		}
		node.lease, r.step = !node.blocked, leased
	case leased:
		r.step = asked
		if !node.lease {
			break // the key is blocked or was dropped: straight to the database
		}
		if s.stored.value != nothing && (s.stored.token == s.token && s.token != 0 || !m.tokens) {
			r.value, r.step = s.stored.value, kept
			m.keep(node, r.value)
			break
		}
		if m.tokenFirst {
			r.ticket = s.take()
		}
	case asked:
		r.value, r.step = s.database, read
	case read:
		if !m.tokenFirst && node.lease {
			r.ticket = s.take()
		}
		if m.keep(node, r.value) && r.putting.value == nothing {
			r.putting = stored{r.value, r.ticket}
		}
		r.step = kept
	case kept:
		r.step = done
	case done:
		if r.reads == 1 {
			return s, false
		}
		*r = reader{reads: 1, putting: r.putting}
		node.lease = false
	}
	return s, true
}

// keep stores a value in the process, unless that is too late.
func (m model) keep(n *node, v value) bool {
	if m.leases && !n.lease {
		return false
	}
	n.local = v
	return true
}

// take returns the token of the group, and makes one where there is none.
func (s *state) take() token {
	if s.token == 0 {
		s.last++
		s.token = s.last
	}
	return s.token
}

// put lets a value arrive in Redis.
func put(s state, n int) (state, bool) {
	r := &s.nodes[n].reader
	if r.putting.value == nothing {
		return s, false
	}
	s.stored, r.putting = r.putting, stored{}
	return s, true
}
