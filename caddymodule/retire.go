package caddymodule

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/caddymodule/internal/retirements"
	"github.com/glancegate/glancegate/internal/retirement"
)

// Retire plans the end of the registry: what its answers announce, when it fails
// on purpose so that forgotten callers are noticed, and what it does after its end.
// Health checks, and requests that a site passes on, are served as usual.
type Retire struct {
	// Refuse and announce nothing; count what would have been refused. Default: false.
	DryRun bool `json:"dry_run,omitempty"`

	// The date of deprecation, past or future: a date or a time, as in RFC 3339. Answers have it in the field `Deprecation` (RFC 9745).
	Deprecated string `json:"deprecated,omitempty"`

	// When the registry ends. Answers have it in the field `Sunset` (RFC 8594).
	Sunset string `json:"sunset,omitempty"`

	// Behaviour after the sunset: `serve` continues, `reads` refuses writes, `nothing`
	// refuses all requests. Default: `serve`.
	AfterSunset string `json:"after_sunset,omitempty"`

	// How long after the sunset reads are answered, with `reads`. Default: for ever.
	ReadsFor caddy.Duration `json:"reads_for,omitempty"`

	// A web page about the end. Answers have it in the field `Link`.
	Link string `json:"link,omitempty"`

	// A contact for callers, such as an address, for the text of refusals.
	Contact string `json:"contact,omitempty"`

	// The times in which requests are refused.
	Brownouts []Brownout `json:"brownouts,omitempty"`

	// The share of requests that a brownout refuses, in percent. Default: 100.
	Share float64 `json:"share,omitempty"`

	// The status of refusals in a brownout: 503 or 410. Default: 503.
	Status int `json:"status,omitempty"`

	// Peers that are served during brownouts: addresses, networks in CIDR notation,
	// and `unix` for Unix sockets.
	Exempt []string `json:"exempt,omitempty"`
}

// Brownout is a planned failure.
type Brownout struct {
	// When it begins, as in RFC 3339; or with Weekly, at which time of the day in UTC,
	// such as `10:00`.
	Start string `json:"start"`

	// The day of the week, such as `Tue`, for a weekly brownout.
	Weekly string `json:"weekly,omitempty"`

	// The duration.
	Duration caddy.Duration `json:"duration"`
}

// plan checks the settings, and returns them as the end of a site.
func (s *Retire) plan() (*retirements.Retirement, error) {
	end := &retirements.Retirement{
		Plan: retirement.Plan{Share: s.Share / 100, Status: s.Status, ReadsFor: time.Duration(s.ReadsFor)}, DryRun: s.DryRun,
	}
	if s.Share == 0 {
		end.Share = 1
	}
	if s.Status == 0 {
		end.Status = http.StatusServiceUnavailable
	}
	if end.Share < 0 || end.Share > 1 {
		return nil, fmt.Errorf("share: %v is not a percentage above 0 and up to 100", s.Share)
	}
	if end.Status != http.StatusServiceUnavailable && end.Status != http.StatusGone {
		return nil, fmt.Errorf("status: %d is neither 503 nor 410", s.Status)
	}
	if err := s.dates(end); err != nil {
		return nil, err
	}
	if err := s.texts(end); err != nil {
		return nil, err
	}
	for _, b := range s.Brownouts {
		brownout, err := b.parse()
		if err != nil {
			return nil, fmt.Errorf("brownout: %w", err)
		}
		end.Brownouts = append(end.Brownouts, brownout)
	}
	exempt := Peers{From: s.Exempt}
	if err := exempt.provision(); err != nil {
		return nil, fmt.Errorf("exempt: %w", err)
	}
	end.Exempt = exempt.peers
	return end, nil
}

// afterSunset is what the settings of the same name say.
var afterSunset = map[string]retirement.AfterSunset{
	"": retirement.Serve, "serve": retirement.Serve, "reads": retirement.Reads, "nothing": retirement.Refuse,
}

// dates reads the dates.
func (s *Retire) dates(end *retirements.Retirement) (err error) {
	if s.Deprecated != "" {
		if end.Deprecated, err = retirement.ParseTime(s.Deprecated); err != nil {
			return fmt.Errorf("deprecated: %w", err)
		}
	}
	if s.Sunset != "" {
		if end.Sunset, err = retirement.ParseTime(s.Sunset); err != nil {
			return fmt.Errorf("sunset: %w", err)
		}
	}
	var known bool
	end.AfterSunset, known = afterSunset[s.AfterSunset]
	switch {
	case !known:
		return fmt.Errorf("after_sunset: %q is none of serve, reads, nothing", s.AfterSunset)
	case end.AfterSunset != retirement.Serve && s.Sunset == "":
		return fmt.Errorf("after_sunset %s: no sunset is set; add `sunset <date>`", s.AfterSunset)
	case s.ReadsFor != 0 && end.AfterSunset != retirement.Reads:
		return errors.New("after_sunset: only `reads` takes a duration")
	case s.Deprecated != "" && s.Sunset != "" && end.Sunset.Before(end.Deprecated):
		return fmt.Errorf("sunset %s is before deprecated %s", s.Sunset, s.Deprecated)
	}
	return nil
}

// texts reads the texts for callers.
func (s *Retire) texts(end *retirements.Retirement) (err error) {
	if end.Link, err = placeholder.Expand(s.Link); err != nil {
		return fmt.Errorf("link: %w", err)
	}
	if end.Contact, err = placeholder.Expand(s.Contact); err != nil {
		return fmt.Errorf("contact: %w", err)
	}
	if end.Link == "" {
		return nil
	}
	u, err := url.Parse(end.Link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsAny(end.Link, "<> \"") {
		return fmt.Errorf("link: %q is not the URL of a web page; write one like https://wiki.example.com/registry", end.Link)
	}
	return nil
}

func (b Brownout) parse() (retirement.Brownout, error) {
	length := time.Duration(b.Duration)
	if length <= 0 {
		return retirement.Brownout{}, fmt.Errorf("duration %s is not above zero", length)
	}
	if b.Weekly != "" {
		return retirement.ParseWeekly(b.Weekly, b.Start, length)
	}
	start, err := retirement.ParseTime(b.Start)
	return retirement.Brownout{Start: start, Length: length}, err
}
