// Package retirement is the planned end of a service: what its answers announce,
// when it fails on purpose, and what it still does after its end.
package retirement

import (
	"net/http"
	"strconv"
	"time"
)

// Plan is what an operator has announced. The zero Plan announces nothing.
type Plan struct {
	// Deprecated is since when, or from when on, callers should look for something
	// else; zero: not said. Answers have it in the field Deprecation (RFC 9745).
	Deprecated time.Time

	// Sunset is the end of the service; zero: not said. Answers have it in the field
	// Sunset (RFC 8594).
	Sunset time.Time

	// AfterSunset is what happens then.
	AfterSunset AfterSunset

	// ReadsFor is how long after the sunset reads are answered, with AfterSunset
	// Reads; zero: for ever.
	ReadsFor time.Duration

	// Link is a page that says more; empty: none.
	Link string

	// Brownouts are the times of planned failures.
	Brownouts []Brownout

	// Share is how many of the requests within a brownout fail, above 0 and at most 1.
	Share float64

	// Status is what they get: 503 or 410.
	Status int
}

// AfterSunset is what happens to requests after the sunset.
type AfterSunset int

const (
	Serve  AfterSunset = iota // all are answered; the date is an announcement
	Reads                     // writes are refused
	Refuse                    // all are refused
)

// Phase is where a moment stands in a plan.
type Phase int

const (
	Ordinary Phase = iota
	InBrownout
	ReadsOnly // after the sunset
	Ended     // after the sunset, and after the time of reads
)

// At is the phase of a moment, and the end of a brownout.
func (p *Plan) At(now time.Time) (phase Phase, until time.Time) {
	if p.over(now) {
		if p.AfterSunset == Reads && (p.ReadsFor == 0 || now.Before(p.Sunset.Add(p.ReadsFor))) {
			return ReadsOnly, time.Time{}
		}
		return Ended, time.Time{}
	}
	if w, ok := p.Next(now); ok && !now.Before(w.Start) {
		return InBrownout, w.End
	}
	return Ordinary, time.Time{}
}

// Next is the brownout of a moment, or the first one after it. Brownouts that
// overlap or meet are one. There is none from the sunset on, where requests are
// refused anyway.
func (p *Plan) Next(now time.Time) (next Window, ok bool) {
	for _, b := range p.Brownouts {
		if w, found := b.next(now); found && (!ok || w.Start.Before(next.Start)) {
			next, ok = w, true
		}
	}
	if !ok || p.over(now) || p.over(next.Start) {
		return Window{}, false
	}
	next = p.joined(next)
	if p.over(next.End) {
		next.End = p.Sunset
	}
	return next, true
}

// maxJoined bounds how far weekly brownouts that cover all of the time are joined.
const maxJoined = 31 * 24 * time.Hour

// joined is a window with all that overlap it or begin at its end.
func (p *Plan) joined(w Window) Window {
	for grown := true; grown && w.End.Sub(w.Start) < maxJoined; {
		grown = false
		for _, b := range p.Brownouts {
			if other, ok := b.next(w.End); ok && !other.Start.After(w.End) && other.End.After(w.End) {
				w.End, grown = other.End, true
			}
		}
	}
	return w
}

// Announce sets the fields of an answer that announce the end.
func (p *Plan) Announce(h http.Header) {
	if !p.Deprecated.IsZero() {
		h["Deprecation"] = []string{"@" + strconv.FormatInt(p.Deprecated.Unix(), 10)}
	}
	if !p.Sunset.IsZero() {
		h["Sunset"] = []string{p.Sunset.UTC().Format(http.TimeFormat)}
	}
	if p.Link != "" {
		h["Link"] = append(h["Link"], "<"+p.Link+`>; rel="deprecation"; type="text/html"`, "<"+p.Link+`>; rel="sunset"; type="text/html"`)
	}
}
