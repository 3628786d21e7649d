package caddymodule

import (
	"testing"
	"time"
)

func TestRefusals(t *testing.T) {
	before := valueOf(t, identityRefusalsTotal)
	s := start(t, registryNode)
	for range 3 {
		s.do("GET", "/images", append(asAdmin, "Via: 1.1 proxy")...)
	}
	if got := valueOf(t, identityRefusalsTotal) - before; got != 3 {
		t.Errorf("%v refusals, want 3", got)
	}
	if lines := s.logLines("refused a peer", 1); len(lines) != 1 || lines[0]["peer"] != "127.0.0.1" {
		t.Errorf("logged %v", lines)
	}
}

func TestRefusalLogIsBounded(t *testing.T) {
	var l refusalLog
	now := time.Now()
	for n := range 3 * maxRefusedPeers {
		if !l.due(string(rune('a'+n)), now) {
			t.Fatalf("peer %d is not logged", n)
		}
	}
	if n := len(l.logged); n > maxRefusedPeers {
		t.Errorf("%d peers are remembered", n)
	}
	if l.due(string(rune('a'+3*maxRefusedPeers-1)), now.Add(refusalInterval-1)) {
		t.Error("logged again too early")
	}
	if !l.due(string(rune('a'+3*maxRefusedPeers-1)), now.Add(refusalInterval)) {
		t.Error("not logged again")
	}
}
