// Package rpc serves registry v2, the JSON-RPC API of the old glance-registry:
// POST /rpc with a list of commands, answered by the list of their results.
package rpc

import (
	"net/http"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/budget"
	"github.com/glancegate/glancegate/registry/internal/answer"
	"github.com/glancegate/glancegate/registry/internal/jsonbody"
)

// API serves registry v2. Its fields must not change once it is in use.
type API struct {
	Service *registry.Service

	// BodyLimit is the size of the largest request body, in bytes; MaxCommands
	// and MaxDepth bound how many commands it has and how deep it is nested.
	BodyLimit             int64
	MaxCommands, MaxDepth int

	// MaxPage bounds the pages of lists; 0: they are as long as clients ask for.
	MaxPage int

	// Report gets errors that are the gateway's fault, or the
	// database's. The client gets an error without the cause.
	Report func(*http.Request, error)

	// Observe gets how the commands of a request ended, in their order; none where the
	// request has no list of commands.
	Observe func(r *http.Request, caller *access.Caller, outcomes []Outcome)
}

// Outcome is how a command ended.
type Outcome struct {
	Command    string
	ErrorClass string // without its module; empty where it did not fail
}

// Serve runs the commands of a request one after the other. A request of
// which one command is no command runs none.
func (h *API) Serve(w http.ResponseWriter, r *http.Request, caller *access.Caller) {
	calls, err := h.decode(w, r)
	if err != nil {
		h.observe(r, caller, nil)
		httperror.Write(w, r, httperror.From(err))
		return
	}
	h.run(answer.Begin(w, r), w, r, calls, caller)
}

// run writes the list of all results. What there was no memory for is a result like
// other errors, but an answer of its own where it is the first.
func (h *API) run(t *answer.Text, w http.ResponseWriter, r *http.Request, calls []*call, caller *access.Caller) {
	t.Tail = append(t.Tail, '[')
	outcomes := make([]Outcome, len(calls))
	for n, c := range calls {
		if n > 0 {
			t.Tail = append(t.Tail, ", "...)
		}
		c.ctx, c.service, c.caller, c.maxPage = r.Context(), h.Service, caller, h.MaxPage
		outcomes[n].Command = c.name
		err := h.writeResult(t, r, c, &outcomes[n])
		if n == 0 && budget.Is(err) {
			t.Drop()
			httperror.Write(w, r, httperror.Unavailable(budget.Message(err)))
			return
		}
		calls[n] = nil // its arguments and its result are not needed any more
		t.Flush()
	}
	h.observe(r, caller, outcomes)
	t.Tail = append(t.Tail, ']')
	t.End()
}

func (h *API) observe(r *http.Request, caller *access.Caller, outcomes []Outcome) {
	if h.Observe != nil {
		h.Observe(r, caller, outcomes)
	}
}

// decode reads the commands of a request.
func (h *API) decode(w http.ResponseWriter, r *http.Request) ([]*call, error) {
	if !jsonbody.Present(r) {
		if err := jsonbody.Measured(w, r); err != nil {
			return nil, err
		}
		return nil, httperror.BadRequest("This request needs a body with a list of commands.")
	}
	limits := jsonbody.Limits{
		Bytes: h.BodyLimit, BytesName: "limits body_rpc", Depth: h.MaxDepth, DepthName: "limits rpc_depth",
	}
	buffer := jsonbody.Borrow()
	defer jsonbody.GiveBack(buffer)
	text, err := jsonbody.Text(w, r, limits, buffer)
	if err != nil {
		return nil, err
	}
	if calls := plainCalls(text, h.MaxDepth); calls != nil {
		return calls, nil
	}
	body, err := jsonbody.Decode(text, limits)
	if err != nil {
		return nil, err
	}
	if body, err = decodeTimes(body); err != nil {
		return nil, jsonbody.Malformed()
	}
	return h.calls(body)
}

// writeResult runs a command and writes its result, or its error in the place of
// the result.
func (h *API) writeResult(t *answer.Text, r *http.Request, c *call, outcome *Outcome) error {
	start := t.Mark()
	result, err := c.run()
	if err == nil {
		err = write(t, result)
	}
	budget.Of(r.Context()).Forget()
	if err == nil {
		return nil
	}
	t.Cut(start)
	e := h.wireError(r, err)
	t.Tail = e.append(t.Tail, h.Service.Release.Python2())
	outcome.ErrorClass = e.class
	return err
}
