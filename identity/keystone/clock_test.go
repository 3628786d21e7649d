package keystone

import (
	"strings"
	"testing"
	"time"
)

func TestAhead(t *testing.T) {
	v := newScript(t).validator(t)
	issued := time.Date(2026, 11, 24, 21, 44, 28, 500_000_000, time.UTC)
	latest := time.Until(issued)
	ahead, err := v.Ahead(t.Context())
	if earliest := time.Until(issued); err != nil || ahead > latest || ahead < earliest {
		t.Errorf("%s, want between %s and %s; %v", ahead, earliest, latest, err)
	}
	fixed := newScript(t).validator(t, func(c *Config) { c.Token = "fixed" })
	if _, err := fixed.Ahead(t.Context()); err == nil || !strings.Contains(err.Error(), "admin_token") {
		t.Errorf("a token without a login: %v", err)
	}
	down := newScript(t)
	v = down.validator(t)
	down.Close()
	if _, err := v.Ahead(t.Context()); err == nil {
		t.Error("a Keystone that is down has a clock")
	}
}
