package census

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Names are the names that DNS has for the addresses of peers. Nothing waits for DNS: a
// name that is not known yet is there in a later report.
type Names struct {
	// Lookup asks for the names of an address, as net.Resolver.LookupAddr does.
	Lookup func(ctx context.Context, address string) ([]string, error)

	mu     sync.Mutex
	known  map[string]peerName
	asking int
	ended  bool
	cancel []context.CancelFunc
	done   sync.WaitGroup
}

// peerName is an answer of DNS, or that there was none.
type peerName struct {
	text  string
	until time.Time
}

const (
	maxNames      = 10_000
	maxLookups    = 4 // at a time
	lookupTimeout = 5 * time.Second
	maxName       = 253 // bytes, as in DNS

	nameKept   = time.Hour
	noNameKept = 10 * time.Minute
)

// Fill adds the names that are known to the callers of a report, and begins to ask for
// others. A nil Names does nothing.
func (n *Names) Fill(r *Report) {
	if n == nil || r == nil {
		return
	}
	for i := range r.Callers {
		r.Callers[i].Name = n.of(r.Callers[i].Peer, time.Now())
	}
}

// of is the name of a peer; empty: none is known.
func (n *Names) of(peer string, now time.Time) string {
	if _, err := netip.ParseAddr(peer); err != nil {
		return "" // a Unix socket, or those beyond the bounds
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	name, known := n.known[peer]
	if (!known || now.After(name.until)) && n.asking < maxLookups && !n.ended {
		n.ask(peer)
	}
	return name.text
}

// ask looks a name up in the background.
func (n *Names) ask(peer string) {
	n.asking++
	n.keep(peer, peerName{n.known[peer].text, time.Now().Add(2 * lookupTimeout)}) // not twice at a time
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	n.cancel = append(n.cancel, cancel)
	n.done.Go(func() {
		defer cancel()
		names, err := n.Lookup(ctx, peer)
		n.mu.Lock()
		defer n.mu.Unlock()
		n.asking--
		if n.asking == 0 {
			n.cancel = nil
		}
		if err != nil || len(names) == 0 {
			n.keep(peer, peerName{"", time.Now().Add(noNameKept)})
			return
		}
		n.keep(peer, peerName{printable(strings.TrimSuffix(slices.Min(names), "."), maxName), time.Now().Add(nameKept)})
	})
}

// keep remembers an answer. Where there are too many, all are asked for again.
func (n *Names) keep(peer string, name peerName) {
	if _, known := n.known[peer]; n.known == nil || !known && len(n.known) >= maxNames {
		n.known = make(map[string]peerName)
	}
	n.known[peer] = name
}

// Close ends what is being asked. A nil Names does nothing.
func (n *Names) Close() {
	if n == nil {
		return
	}
	n.mu.Lock()
	n.ended = true
	for _, cancel := range n.cancel {
		cancel()
	}
	n.mu.Unlock()
	n.done.Wait()
}
