package caddymodule

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// grammar maps the subdirectives of a block to their parsers. A parser starts at the
// name of its subdirective and consumes its arguments and block.
type grammar[T any] map[string]parser[T]

type parser[T any] func(d *caddyfile.Dispenser, into *T) error

// repeatable are the subdirectives that add to a list.
var repeatable = []string{"brownout"}

// block reads the block of the directive owner, if there is one.
func (g grammar[T]) block(d *caddyfile.Dispenser, owner string, into *T) error {
	lines := make(map[string]int, len(g))
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		name := d.Val()
		parse, known := g[name]
		if !known {
			return d.Errf("%s has no subdirective %q; use one of: %s", owner, name,
				strings.Join(slices.Sorted(maps.Keys(g)), ", "))
		}
		if line, repeated := lines[name]; repeated && !slices.Contains(repeatable, name) {
			return d.Errf("%s is already set in line %d; remove one of them", name, line)
		}
		lines[name] = d.Line()
		if err := parse(d, into); err != nil {
			return err
		}
		// NextBlock skips an empty block and returns false.
		last := d.Val()
		if d.NextBlock(d.Nesting()) || d.Val() != last {
			return d.Errf("%s takes no block; remove the braces", name)
		}
	}
	return nil
}

// usage is the error for wrong arguments.
func usage(d *caddyfile.Dispenser, form string) error {
	return d.Errf("wrong arguments; write: %s", form)
}

// flag is a subdirective without arguments.
func flag[T any](field func(*T) *bool) parser[T] {
	return func(d *caddyfile.Dispenser, into *T) error {
		name := d.Val()
		if d.NextArg() {
			return usage(d, name)
		}
		*field(into) = true
		return nil
	}
}

// toggle is a subdirective that can also be turned off, so that a site can
// differ from the global block.
func toggle[T any](field func(*T) **bool) parser[T] {
	return func(d *caddyfile.Dispenser, into *T) error {
		name, value := d.Val(), "on"
		if d.CountRemainingArgs() > 0 && !d.AllArgs(&value) {
			return usage(d, name+" [on|off]")
		}
		switch value {
		case "on", "true":
			*field(into) = new(true)
		case "off", "false":
			*field(into) = new(false)
		default:
			return usage(d, name+" [on|off]")
		}
		return nil
	}
}

// text is a subdirective with one argument.
func text[T any](what string, field func(*T) *string) parser[T] {
	return func(d *caddyfile.Dispenser, into *T) error {
		name := d.Val()
		if !d.AllArgs(field(into)) || *field(into) == "" {
			return usage(d, fmt.Sprintf("%s <%s>", name, what))
		}
		return nil
	}
}

// texts is a subdirective with one argument or more.
func texts[T any](what string, field func(*T) *[]string) parser[T] {
	return func(d *caddyfile.Dispenser, into *T) error {
		name := d.Val()
		values := d.RemainingArgs()
		if len(values) == 0 || slices.Contains(values, "") {
			return usage(d, fmt.Sprintf("%s <%s...>", name, what))
		}
		*field(into) = values
		return nil
	}
}

// number is a subdirective with a whole number.
func number[T any](minimum int, field func(*T) *int) parser[T] {
	return func(d *caddyfile.Dispenser, into *T) error {
		n, err := wholeNumber(d, minimum)
		if err == nil {
			*field(into) = n
		}
		return err
	}
}

func wholeNumber(d *caddyfile.Dispenser, minimum int) (int, error) {
	name, value := d.Val(), ""
	if !d.AllArgs(&value) {
		return 0, usage(d, name+" <number>")
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < minimum {
		return 0, d.Errf("%s %q is not a number of at least %d", name, value, minimum)
	}
	return n, nil
}

// size is a subdirective with a number of bytes.
func size[T any](field func(*T) *int64) parser[T] {
	return func(d *caddyfile.Dispenser, into *T) error {
		name, value := d.Val(), ""
		if !d.AllArgs(&value) {
			return usage(d, name+" <size>")
		}
		n, err := humanize.ParseBytes(value)
		if err != nil || n == 0 || int64(n) < 0 {
			return d.Errf("%s %q is not a size; write one like 1MiB", name, value)
		}
		*field(into) = int64(n)
		return nil
	}
}

// duration is a subdirective with a length of time.
func duration[T any](field func(*T) *caddy.Duration) parser[T] {
	return func(d *caddyfile.Dispenser, into *T) error {
		name, value := d.Val(), ""
		if !d.AllArgs(&value) {
			return usage(d, name+" <duration>")
		}
		length, err := caddy.ParseDuration(value)
		if err != nil || length <= 0 {
			return d.Errf("%s %q is not a duration above zero; write one like 2s or 10m", name, value)
		}
		*field(into) = caddy.Duration(length)
		return nil
	}
}
