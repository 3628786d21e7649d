// Package retirements carries out the planned ends of the sites: it judges
// requests, counts those that it concerns, and announces what comes.
package retirements

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/retirement"
)

// Retirement is the planned end of a site. Nil is none.
type Retirement struct {
	retirement.Plan

	// Exempt callers are served during brownouts.
	Exempt identity.Peers

	// DryRun counts requests instead of refusing them, and announces nothing to callers.
	DryRun bool

	// Contact is whom callers can ask; it may be empty.
	Contact string
}

// Judge decides on a request to a route. It sets the fields of the answer that announce
// the end. The page is what a refused request gets, and nil for others. Writes are to
// be refused where readOnly says why.
func (s *Retirement) Judge(h http.Header, r *http.Request, route string) (page *httperror.Error, readOnly string) {
	if s == nil {
		return nil, ""
	}
	if !s.DryRun {
		s.Announce(h)
	}
	now := time.Now()
	phase, until := s.At(now)
	switch phase {
	case retirement.Ordinary:
		return nil, ""
	case retirement.InBrownout:
		if s.Exempt.Any() && s.Exempt.Include(r) || s.Share < 1 && rand.Float64() >= s.Share {
			return nil, ""
		}
	}
	count(r, route, phase, s.DryRun, now)
	switch {
	case s.DryRun:
		return nil, ""
	case phase == retirement.ReadsOnly:
		return nil, s.explain(phase, until)
	}
	return s.refusal(phase, now, until), ""
}

// refusal is the page for a request that is refused.
func (s *Retirement) refusal(phase retirement.Phase, now, until time.Time) *httperror.Error {
	page := &httperror.Error{Status: s.Status, Explanation: s.explain(phase, until)}
	if phase == retirement.Ended {
		page.Status = http.StatusGone
		return page
	}
	if s.Status != http.StatusServiceUnavailable {
		return page
	}
	wait := time.Second
	if s.Share == 1 {
		wait = until.Sub(now)
	}
	page.Header = http.Header{"Retry-After": {strconv.Itoa(max(1, int(wait.Round(time.Second)/time.Second)))}}
	return page
}

// explain says why a request is refused, and where to go.
func (s *Retirement) explain(phase retirement.Phase, until time.Time) string {
	var text string
	switch phase {
	case retirement.InBrownout:
		text = fmt.Sprintf("The image registry is going to be switched off. This is a planned interruption until %s.", until.UTC().Format(time.RFC3339))
		if !s.Sunset.IsZero() {
			text += fmt.Sprintf(" The registry ends at %s.", s.Sunset.Format(time.RFC3339))
		}
	case retirement.ReadsOnly:
		text = fmt.Sprintf("The image registry has ended at %s and takes no changes any more.", s.Sunset.Format(time.RFC3339))
	default:
		text = fmt.Sprintf("The image registry has ended at %s.", s.Sunset.Format(time.RFC3339))
	}
	if s.Link != "" {
		text += " Read " + s.Link + "."
	}
	if s.Contact != "" {
		text += " Ask " + s.Contact + "."
	}
	return text
}

// provisioned are the retirements of the configurations that are loaded.
var provisioned struct {
	sync.Mutex
	all []*Retirement
}

// Add makes a retirement one that metrics and reports know, until Remove.
func Add(s *Retirement) {
	provisioned.Lock()
	defer provisioned.Unlock()
	provisioned.all = append(provisioned.all, s)
}

// Remove is the end of Add. It does nothing to nil.
func Remove(s *Retirement) {
	provisioned.Lock()
	defer provisioned.Unlock()
	provisioned.all = slices.DeleteFunc(provisioned.all, func(other *Retirement) bool { return other == s })
}

// all returns the retirements that are loaded.
func all() []*Retirement {
	provisioned.Lock()
	defer provisioned.Unlock()
	return slices.Clone(provisioned.all)
}
