package rpc

import "github.com/glancegate/glancegate/internal/pyjson"

// plainRequest is a request with one command: one value, since most requests are such.
type plainRequest struct {
	calls  [1]*call
	call   call
	kwargs pyjson.Object
}

// plainDepth is how deep the arguments are nested in a request.
const plainDepth = 3

// plainCalls reads a request with one known command in its common form,
//
//	[{"command": "image_get", "kwargs": {"image_id": "..."}}]
//
// It returns nil for all others, also for those that are refused.
func plainCalls(text []byte, maxDepth int) []*call {
	p, ok := pyjson.NewPlain(text)
	if !ok || maxDepth < plainDepth || !p.Take('[') || !p.Take('{') || !key(&p, "command") {
		return nil
	}
	name, ok := p.String()
	command := commands[name]
	if !ok || command == nil || !p.Take(',') || !key(&p, "kwargs") {
		return nil
	}
	r := new(plainRequest)
	r.kwargs.Reset()
	if !p.Members(&r.kwargs, maxDepth-plainDepth) || !p.Take('}') || !p.Take(']') || !p.End() {
		return nil
	}
	if whole, err := decodeTimes(&r.kwargs); err != nil || whole != any(&r.kwargs) {
		return nil
	}
	r.call = call{name: command.name, command: command, kwargs: &r.kwargs}
	r.calls[0] = &r.call
	return r.calls[:]
}

// key reads a certain key of an object.
func key(p *pyjson.Plain, want string) bool {
	got, ok := p.String()
	return ok && got == want && p.Take(':')
}
