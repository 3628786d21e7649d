package identity

import (
	"regexp"
	"testing"
)

var generatedID = regexp.MustCompile(`^req-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestNewRequestID(t *testing.T) {
	a, b := newRequestID(), newRequestID()
	if !generatedID.MatchString(a) || !generatedID.MatchString(b) || a == b {
		t.Errorf("%q, %q", a, b)
	}
}

func TestEchoRequestID(t *testing.T) {
	for id, want := range map[string]string{
		"req-mine-123": "req-mine-123",
		"mine":         "req-mine",
		"REQ-1":        "req-REQ-1",
		"req-":         "req-",
	} {
		if got := EchoRequestID(id); got != want {
			t.Errorf("EchoRequestID(%q) = %q, want %q", id, got, want)
		}
	}
}
