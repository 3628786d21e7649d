package caddymodule

import (
	"net"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	refusalInterval = time.Minute
	maxRefusedPeers = 1024
)

// refusalLog logs peers that send identity headers, or tokens, without being
// allowed to, each at most once in an interval.
type refusalLog struct {
	mu     sync.Mutex
	logged map[string]time.Time // by address of the peer
}

// add counts a refusal and logs it if it is time.
func (l *refusalLog) add(logger *zap.Logger, remote string, now time.Time) {
	identityRefusalsTotal.Inc()
	peer, _, err := net.SplitHostPort(remote)
	if err != nil {
		peer = remote
	}
	if l.due(peer, now) {
		logger.Warn("refused a peer that `from` and `client_certificate` do not name",
			zap.String("peer", peer))
	}
}

func (l *refusalLog) due(peer string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, known := l.logged[peer]; known && now.Sub(last) < refusalInterval {
		return false
	}
	// Forgetting all of them costs some repeated lines, and bounds the map.
	if l.logged == nil || len(l.logged) >= maxRefusedPeers {
		l.logged = make(map[string]time.Time)
	}
	l.logged[peer] = now
	return true
}
