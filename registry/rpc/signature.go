package rpc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
)

// command is a function that a client can call.
type command struct {
	name   string
	params []param
	run    func(*call) (any, error)
}

// param is an argument; one without a default is required.
type param struct {
	name     string
	required bool
	missing  any // its default
}

// parseSignature reads arguments as the protocol document writes them:
// "image_id, session=null". It is used for constants only and panics on others.
func parseSignature(text string) []param {
	var params []param
	for _, item := range strings.Split(text, ", ") {
		if item == "" {
			continue
		}
		name, value, optional := strings.Cut(item, "=")
		p := param{name: name, required: !optional}
		if optional {
			var err error
			if p.missing, err = pyjson.Decode([]byte(value), 2); err != nil {
				panic(fmt.Sprintf("default of argument %s: %v", item, err))
			}
		}
		params = append(params, p)
	}
	return params
}

// bind gives the command its arguments by name. What Python would refuse with a
// TypeError is one here (registry-v2-rpc.md, 2.8).
func (c *call) bind() error {
	kwargs, ok := c.kwargs.(*pyjson.Object)
	if !ok {
		return typeError(fmt.Sprintf("%s() argument after ** must be a mapping, not %s", c.name, pythonType(c.kwargs)))
	}
	for _, name := range kwargs.Keys() {
		if name == "context" {
			return typeErrors{
				python3: c.name + "() got multiple values for argument 'context'",
				python2: c.name + "() got multiple values for keyword argument 'context'",
			}
		}
		if !slices.ContainsFunc(c.command.params, func(p param) bool { return p.name == name }) {
			return typeError(fmt.Sprintf("%s() got an unexpected keyword argument '%s'", c.name, name))
		}
	}
	if err := c.checkRequired(kwargs); err != nil {
		return err
	}
	if session := c.arg("session"); session != nil {
		return attributeError(fmt.Sprintf("'%s' object has no attribute 'query'", pythonType(session)))
	}
	return nil
}

func (c *call) checkRequired(kwargs *pyjson.Object) error {
	var missing []string
	required := 0
	for _, p := range c.command.params {
		if !p.required {
			continue
		}
		required++
		if _, given := kwargs.Get(p.name); !given {
			missing = append(missing, "'"+p.name+"'")
		}
	}
	if len(missing) == 0 {
		return nil
	}
	number := "at least"
	if required == len(c.command.params) {
		number = "exactly"
	}
	return typeErrors{
		python3: fmt.Sprintf("%s() missing %d required positional argument%s: %s", c.name, len(missing), plural(len(missing)), join(missing)),
		python2: fmt.Sprintf("%s() takes %s %d argument%s (%d given)", c.name, number, required+1, plural(required+1), kwargs.Len()+1),
	}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// join writes a list as Python does: "'a', 'b', and 'c'".
func join(items []string) string {
	last := len(items) - 1
	switch last {
	case 0:
		return items[0]
	case 1:
		return items[0] + " and " + items[1]
	}
	return strings.Join(items[:last], ", ") + ", and " + items[last]
}
