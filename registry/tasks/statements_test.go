package tasks

import (
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/ruletest"
)

// TestStatementsOfReads counts how often a read waits for the database.
func TestStatementsOfReads(t *testing.T) {
	made := 0
	s := &Service{Store: ruletest.Open(t, ruletest.File(t), func(string, time.Duration, error) { made++ })}
	_, err := s.Create(t.Context(), ruletest.Admin, taskValues("t", "t-own"))
	ruletest.Must(t, err)
	for name, read := range map[string]func() error{
		"task": func() error { _, err := s.Get(t.Context(), ruletest.Owner, "t", false); return err },
		"tasks": func() error {
			_, err := s.List(t.Context(), ruletest.Owner, &Query{SortKey: "id", Limit: -1})
			return err
		},
		"expiry of no task": func() error { return s.Expire(t.Context(), ruletest.Owner) },
	} {
		made = 0
		ruletest.Must(t, read())
		if made != 1 {
			t.Errorf("%s: %d statements, want 1", name, made)
		}
	}
}
