package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/compat"
)

// compiler compiles the expressions of a rule and of those that it refers to. It ignores
// all others.
type compiler struct {
	file        *File
	defaultRule string
	release     compat.Release

	done     map[string]check
	open     []string // the rules that refer to the one being made
	warnings []string
	targeted []string
}

// Rule compiles a rule. If the file lacks it, defaultRule applies; if that is missing,
// too, the rule never passes. The release decides which credentials exist.
func (f *File) Rule(name, defaultRule string, release compat.Release) (*Rule, error) {
	c := &compiler{
		file: f, defaultRule: cmp.Or(defaultRule, DefaultRule), release: release,
		done: map[string]check{},
	}
	check, err := c.rule(name, 0)
	if err != nil {
		return nil, err
	}
	rule := &Rule{Warnings: c.warnings, Targeted: c.targeted, check: check}
	if definition, _, found := c.definition(name); found {
		rule.Text = definition.text()
	}
	return rule, nil
}

// definition finds a rule or its stand-in.
func (c *compiler) definition(name string) (d definition, actual string, found bool) {
	for _, actual := range []string{name, c.defaultRule} {
		if d, ok := c.file.rules[actual]; ok {
			return d, actual, true
		}
	}
	return definition{}, "", false
}

func (c *compiler) rule(name string, depth int) (check, error) {
	d, name, found := c.definition(name)
	if !found {
		return constant(false), nil
	}
	if check, ok := c.done[name]; ok {
		return check, nil
	}
	if start := slices.Index(c.open, name); start >= 0 {
		return nil, d.errorf(name, "the rules refer to each other in a circle: %s",
			strings.Join(append(c.open[start:], name), " -> "))
	}
	if depth > maxDepth {
		return nil, d.errorf(name, "too many rules refer to each other")
	}
	c.open = append(c.open, name)
	result, err := c.compile(d, depth)
	if err != nil {
		return nil, d.wrap(name, err)
	}
	c.open = c.open[:len(c.open)-1]
	c.done[name] = result
	return result, nil
}

// compile reads a definition: an expression, or a list of lists, of which one
// has to pass with all that is in it.
func (c *compiler) compile(d definition, depth int) (check, error) {
	if text, ok := d.value.(string); ok {
		return c.parse(text, depth)
	}
	list, ok := d.value.([]any)
	if !ok {
		return nil, errors.New("it is neither a text nor a list")
	}
	if len(list) == 0 {
		return constant(true), nil
	}
	var either anyOf
	for _, inner := range list {
		every, err := c.conjunction(inner, depth)
		if err != nil {
			return nil, err
		}
		if every != nil {
			either = append(either, every)
		}
	}
	return either, nil
}

// conjunction reads an inner list, or one check in its place. An empty one
// counts for nothing.
func (c *compiler) conjunction(inner any, depth int) (check, error) {
	list, ok := inner.([]any)
	if !ok {
		list = []any{inner}
	}
	var every all
	for _, item := range list {
		word, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("%v in a list is no text", item)
		}
		one, err := c.single(word, depth)
		if err != nil {
			return nil, err
		}
		every = append(every, one)
	}
	if len(every) == 0 {
		return nil, nil
	}
	return every, nil
}

func (c *compiler) warn(text string) { note(&c.warnings, text) }

func note(list *[]string, text string) {
	if !slices.Contains(*list, text) {
		*list = append(*list, text)
	}
}
