package osloconf

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Value is the value of an option.
type Value struct {
	// Entry is where it stands; nil: it is the default.
	Entry *Entry

	// Text has its references followed.
	Text string
}

// Get returns the text of an option that is known, and whether it has one.
// Numbers and truth values are checked.
func (c *Config) Get(name Name) (v Value, set bool, err error) {
	return c.get(name, nil)
}

func (c *Config) get(name Name, referring []Name) (Value, bool, error) {
	o := c.options[name]
	entry, set := c.find(o)
	if !set {
		if o.Default == "" {
			return Value{}, false, nil
		}
		text, err := c.expand(o.Default, name, referring)
		return Value{Text: text}, err == nil, err
	}
	text := entry.Value
	if !entry.literal {
		var err error
		if text, err = c.expand(entry.Value, name, referring); err != nil {
			return Value{}, false, fmt.Errorf("%s: %s: %w", entry.Place(), name, err)
		}
	}
	if err := o.Type.Check(text); err != nil {
		return Value{}, false, fmt.Errorf("%s: %s: %w", entry.Place(), name, err)
	}
	return Value{entry.Entry, text}, text != "" || o.Type == Text, nil
}

// GetAll returns the texts of an option that collects them, or its default.
func (c *Config) GetAll(name Name) ([]Value, error) {
	o := c.options[name]
	var values []Value
	for _, entry := range c.findAll(o) {
		text := entry.Value
		if !entry.literal {
			var err error
			if text, err = c.expand(entry.Value, name, nil); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", entry.Place(), name, err)
			}
		}
		values = append(values, Value{entry.Entry, text})
	}
	if values == nil && o.Default != "" {
		values = []Value{{Text: o.Default}}
	}
	return values, nil
}

// Check returns an error for an invalid value. The error does not quote it: it may be a
// misplaced secret.
func (t Type) Check(text string) error {
	switch t {
	case Bool:
		if _, ok := ParseBool(text); !ok {
			return errors.New("its value must be true or false (or 1 or 0, on or off, yes or no)")
		}
	case Int, Port:
		n, ok := ParseInt(text)
		if text = strings.Trim(text, blanks); text == "" {
			return nil
		}
		if !ok {
			return errors.New("its value must be a whole number")
		}
		if t == Port && (n < 0 || n > 65535) {
			return errors.New("its value must be a port, from 0 to 65535")
		}
	}
	return nil
}

// ParseBool reads a truth value.
func ParseBool(text string) (value, ok bool) {
	text = strings.ToLower(text)
	if slices.Contains([]string{"true", "1", "on", "yes"}, text) {
		return true, true
	}
	return false, slices.Contains([]string{"false", "0", "off", "no"}, text)
}

// ParseInt reads a decimal number.
func ParseInt(text string) (int, bool) {
	n, err := strconv.ParseInt(strings.Trim(text, blanks), 10, 32)
	return int(n), err == nil
}

// ParseList splits a text at commas. A comma at the end makes an empty item.
func ParseList(text string) []string {
	if text == "" {
		return nil
	}
	items := strings.Split(text, ",")
	for i := range items {
		items[i] = strings.Trim(items[i], blanks)
	}
	return items
}

var reference = regexp.MustCompile(`\$\$|\\\$|\$([_a-zA-Z][._a-zA-Z0-9]*)|\$\{([_a-zA-Z][._a-zA-Z0-9]*)\}`)

// expand follows the references in a text of an option.
func (c *Config) expand(text string, of Name, referring []Name) (string, error) {
	if !strings.Contains(text, "$") {
		return text, nil
	}
	var failed error
	result := reference.ReplaceAllStringFunc(text, func(match string) string {
		if match == "$$" || match == `\$` {
			return "$"
		}
		value, err := c.referred(strings.Trim(match, "${}"), of, append(referring, of))
		if err != nil && failed == nil {
			failed = err
		}
		return value
	})
	return result, failed
}

// referred is the value that a reference in the option at the end of referring
// means. A $ in a password mostly is none, so that the way out is said.
func (c *Config) referred(text string, of Name, referring []Name) (string, error) {
	const advice = "; if it is meant literally, write $$, or %%24 in a URL"
	name := Name{of.Section, text}
	if group, key, ok := strings.Cut(text, "."); ok {
		name = Name{group, key}
		if group == Default {
			return "", fmt.Errorf("$%s refers to nothing: options of [DEFAULT] have no group in front"+advice, text)
		}
	} else if !c.Known(name) {
		name.Section = Default
	}
	o := c.options[name]
	if o == nil {
		// The text may be a part of a password.
		return "", fmt.Errorf("a $ is followed by what is the name of no option" + advice)
	}
	if slices.Contains(referring, name) {
		return "", fmt.Errorf("$%s refers to itself"+advice, text)
	}
	value, set, err := c.get(name, referring)
	if err != nil {
		return "", err
	}
	switch {
	case !set:
		return c.Unset, nil
	case o.Type == List || o.Type == Multi:
		return "", fmt.Errorf("$%s refers to a list"+advice, text)
	case o.Type == Bool:
		if on, _ := ParseBool(value.Text); on {
			return "True", nil
		}
		return "False", nil
	case o.Type == Int || o.Type == Port:
		n, _ := ParseInt(value.Text)
		return strconv.Itoa(n), nil
	}
	return value.Text, nil
}
