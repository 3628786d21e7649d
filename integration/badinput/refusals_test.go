package badinput

import (
	"net/http"
	"slices"

	"github.com/glancegate/glancegate/integration/conformance"
)

// repeatRefusals sends again what was refused and looks whether any row changed.
// A look at all rows takes a while, so it is for many requests together.
func (s *sender) repeatRefusals() {
	s.t.Helper()
	watch, err := conformance.NewWatch(s.t.Context(), s.db)
	if err != nil {
		s.t.Fatal(err)
	}
	defer watch.Close()
	for refusals := range slices.Chunk(s.refusals, 100) {
		for _, c := range refusals {
			if a := c.Answer(); a.Status < http.StatusBadRequest {
				s.t.Errorf("%s\n%s\nwas refused before", c, a)
			}
		}
		changes, err := watch.Changes(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if len(changes) > 0 {
			s.t.Errorf("one of %d refused requests, of which the first is\n%s\nchanged %v", len(refusals), refusals[0], changes)
		}
	}
}
