package rpc

import (
	"context"
	"fmt"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
)

// call is one command of a request with its arguments.
type call struct {
	ctx     context.Context
	service *registry.Service
	caller  *access.Caller

	maxPage int // see API

	name    string
	command *command
	kwargs  any // *pyjson.Object, or what a client sent in its place
}

// arg is the argument of a name, or its default.
func (c *call) arg(name string) any {
	kwargs, _ := c.kwargs.(*pyjson.Object)
	if v, given := kwargs.Get(name); given {
		return v
	}
	for n := range c.command.params {
		if p := &c.command.params[n]; p.name == name {
			return p.missing
		}
	}
	return nil
}

// calls checks the form of all commands before any of them runs
// (registry-v2-rpc.md, 2.2).
func (h *API) calls(body any) ([]*call, error) {
	list, ok := body.([]any)
	if !ok {
		return nil, httperror.BadRequestExplained("Request must be a list of commands")
	}
	if len(list) > h.MaxCommands {
		return nil, httperror.TooLarge(fmt.Sprintf("The request has more than %d commands (limits rpc_commands).", h.MaxCommands))
	}
	calls := make([]*call, len(list))
	for n, item := range list {
		o, ok := item.(*pyjson.Object)
		if !ok {
			return nil, httperror.BadRequestExplained("Bad Command: " + string(pyjson.Append(nil, item)))
		}
		raw, _ := o.Get("command")
		name, ok := raw.(string)
		kwargs, given := o.Get("kwargs")
		if !given {
			kwargs = pyjson.NewObject()
		}
		if _, isObject := kwargs.(*pyjson.Object); !ok || name == "" || !isObject && truthy(kwargs) {
			return nil, httperror.BadRequestExplained("Wrong command structure: " + string(pyjson.Append(nil, item)))
		}
		command, known := commands[name]
		if !known {
			return nil, httperror.NotFoundExplained("Command not found")
		}
		calls[n] = &call{name: name, command: command, kwargs: kwargs}
	}
	return calls, nil
}

// run binds the arguments and runs the command.
func (c *call) run() (any, error) {
	if err := c.bind(); err != nil {
		return nil, err
	}
	return c.command.run(c)
}
