package rpctest

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/registry/access"
)

// Object is a JSON object.
type Object = map[string]any

// Command is an entry of a request.
type Command struct {
	Name   string `json:"command"`
	Kwargs Object `json:"kwargs"`
}

// Call is one command that is being put together. It may be sent more than once,
// and from several goroutines.
type Call struct {
	registry *Registry
	ctx      context.Context
	caller   *access.Caller
	command  Command
}

// Call starts a command. Without As it comes from an administrator.
func (r *Registry) Call(command string, kwargs Object) *Call {
	if kwargs == nil {
		kwargs = Object{}
	}
	return &Call{registry: r, ctx: r.t.Context(), caller: registrytest.Admin(), command: Command{command, kwargs}}
}

// As says who sends the command.
func (c *Call) As(caller *access.Caller) *Call { c.caller = caller; return c }

// During bounds the request by a context.
func (c *Call) During(ctx context.Context) *Call { c.ctx = ctx; return c }

// Answer sends the command, as the only one of a request.
func (c *Call) Answer() *Answer {
	c.registry.t.Helper()
	return c.registry.Request(c.ctx, c.caller, c.command)[0]
}

// OK sends the command and fails the test unless it succeeds.
func (c *Call) OK() *Answer {
	c.registry.t.Helper()
	a := c.Answer()
	if a.Error != nil {
		c.registry.t.Fatalf("%s\n%s", c, a)
	}
	return a
}

// Into is OK and decodes the result.
func (c *Call) Into(result any) {
	c.registry.t.Helper()
	a := c.OK()
	if err := json.Unmarshal(a.Result, result); err != nil {
		c.registry.t.Fatalf("%s\n%s\n%v", c, a, err)
	}
}

// Fails sends the command and fails the test unless it ends with an exception of
// that class, which is named without its module.
func (c *Call) Fails(class string) *Answer {
	c.registry.t.Helper()
	a := c.Answer()
	if a.Error == nil || a.Error.Class != class {
		c.registry.t.Fatalf("%s\n%s\nwant a %s", c, a, class)
	}
	return a
}

// String is the command for a message.
func (c *Call) String() string {
	who := "admin"
	if !c.caller.Admin {
		who = fmt.Sprintf("%q", c.caller.Owner.V)
	}
	return fmt.Sprintf("%s: %s", who, c.command)
}

// String is the command for a message.
func (c Command) String() string {
	kwargs, err := json.Marshal(c.Kwargs)
	if err != nil {
		panic(err) // the test's own mistake
	}
	return c.Name + abridge(string(kwargs))
}

func abridge(text string) string {
	const limit = 600
	if len(text) > limit {
		return text[:limit] + "…"
	}
	return text
}
