package retirements

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/internal/retirement"
)

// maxPeers bounds the peers that are counted one by one. The others are one.
const (
	maxPeers   = 1000
	otherPeers = "others"
)

// hits live as long as the process, so that a reload loses no count.
var hits struct {
	sync.Mutex
	peers map[string]*retirement.Hit
}

// RequestsTotal counts the requests that were concerned.
var RequestsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
	Name: "glance_registry_retirement_requests_total",
	Help: "Requests that the planned end of the registry concerned, by route and action: refused, read_only or would_refuse (dry run).",
}, []string{"route", "action"})

func count(r *http.Request, route string, phase retirement.Phase, dryRun bool, now time.Time) {
	hits.Lock()
	defer hits.Unlock()
	peer := identity.PeerAddress(r.RemoteAddr)
	if hits.peers[peer] == nil && len(hits.peers) >= maxPeers {
		peer = otherPeers
	}
	hit := hits.peers[peer]
	if hit == nil {
		if hits.peers == nil {
			hits.peers = make(map[string]*retirement.Hit)
		}
		hit = &retirement.Hit{Peer: peer}
		hits.peers[peer] = hit
	}
	hit.Last = now.UTC().Truncate(time.Second)
	action, counter := "refused", &hit.Refused
	switch {
	case dryRun:
		action, counter = "would_refuse", &hit.WouldRefuse
	case phase == retirement.ReadsOnly:
		action, counter = "read_only", &hit.ReadOnly
	}
	*counter++
	RequestsTotal.WithLabelValues(route, action).Inc()
}

// Hits are the peers that were concerned, the one that was seen last first.
func Hits() []retirement.Hit {
	hits.Lock()
	defer hits.Unlock()
	list := []retirement.Hit{}
	for _, hit := range hits.peers {
		list = append(list, *hit)
	}
	slices.SortFunc(list, func(a, b retirement.Hit) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Peer, b.Peer)) })
	return list
}
