package caddymodule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/internal/retirement"
)

var retireGrammar = grammar[Retire]{
	"deprecated":   moment(func(r *Retire) *string { return &r.Deprecated }),
	"sunset":       moment(func(r *Retire) *string { return &r.Sunset }),
	"after_sunset": parseAfterSunset,
	"link":         text("url", func(r *Retire) *string { return &r.Link }),
	"contact":      text("text", func(r *Retire) *string { return &r.Contact }),
	"brownout":     parseBrownout,
	"share":        parseShare,
	"status":       parseRetireStatus,
	"exempt":       texts("cidr|unix", func(r *Retire) *[]string { return &r.Exempt }),
}

func parseRetire(d *caddyfile.Dispenser, s *Settings) error {
	s.Retire = new(Retire)
	switch args := d.RemainingArgs(); {
	case slices.Equal(args, []string{"dry-run"}):
		s.Retire.DryRun = true
	case len(args) > 0:
		return usage(d, "retire [dry-run] { ... }")
	}
	if err := retireGrammar.block(d, "retire", s.Retire); err != nil {
		return err
	}
	if s.Retire.Deprecated == "" && s.Retire.Sunset == "" && len(s.Retire.Brownouts) == 0 {
		return d.Err("retire plans nothing; write deprecated, sunset or brownout in its block")
	}
	return nil
}

// moment is a subdirective with a date or a time.
func moment[T any](field func(*T) *string) parser[T] {
	return func(d *caddyfile.Dispenser, into *T) error {
		name := d.Val()
		if !d.AllArgs(field(into)) {
			return usage(d, name+" <date>")
		}
		if _, err := retirement.ParseTime(*field(into)); err != nil {
			return d.Errf("%s: %v", name, err)
		}
		return nil
	}
}

func parseAfterSunset(d *caddyfile.Dispenser, r *Retire) error {
	const form = "after_sunset serve|reads [<duration>]|nothing"
	args := d.RemainingArgs()
	if len(args) == 0 || len(args) > 2 || len(args) == 2 && args[0] != "reads" {
		return usage(d, form)
	}
	if _, known := afterSunset[args[0]]; !known || args[0] == "" {
		return usage(d, form)
	}
	r.AfterSunset = args[0]
	if len(args) == 2 {
		length, err := caddy.ParseDuration(args[1])
		if err != nil || length <= 0 {
			return d.Errf("after_sunset reads %q is not a duration above zero; write one like 30d", args[1])
		}
		r.ReadsFor = caddy.Duration(length)
	}
	return nil
}

func parseBrownout(d *caddyfile.Dispenser, r *Retire) error {
	const form = "brownout <time> <duration>, or: brownout weekly <day> <time> <duration>"
	var b Brownout
	args := d.RemainingArgs()
	switch {
	case len(args) == 2:
		b.Start = args[0]
	case len(args) == 4 && args[0] == "weekly":
		b.Weekly, b.Start = args[1], args[2]
	default:
		return usage(d, form)
	}
	length, err := caddy.ParseDuration(args[len(args)-1])
	if err != nil || length <= 0 {
		return d.Errf("brownout: %q is not a duration above zero; write one like 15m", args[len(args)-1])
	}
	b.Duration = caddy.Duration(length)
	if _, err := b.parse(); err != nil {
		return d.Errf("brownout: %v", err)
	}
	r.Brownouts = append(r.Brownouts, b)
	return nil
}

func parseShare(d *caddyfile.Dispenser, r *Retire) error {
	var value string
	if !d.AllArgs(&value) {
		return usage(d, "share <percentage>")
	}
	percentage, found := strings.CutSuffix(value, "%")
	share, err := strconv.ParseFloat(percentage, 64)
	if err != nil || !found || !(share > 0 && share <= 100) {
		return d.Errf("share %q is not a percentage above 0%% and up to 100%%; write one like 10%%", value)
	}
	r.Share = share
	return nil
}

func parseRetireStatus(d *caddyfile.Dispenser, r *Retire) error {
	var value string
	if !d.AllArgs(&value) || value != "503" && value != "410" {
		return usage(d, "status 503|410")
	}
	r.Status, _ = strconv.Atoi(value)
	return nil
}
