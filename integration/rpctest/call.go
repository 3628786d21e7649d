package rpctest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

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

// Answer is what a command got: a result, or an exception to raise.
type Answer struct {
	Result json.RawMessage
	Error  *Error // nil where the command succeeded
	Cause  error  // of a failure; the client does not see it
}

// Error is an exception.
type Error struct {
	Module, Class string
	Text          string
}

// newAnswer takes a result for an exception as glance-api does: by the key
// _error.
func newAnswer(result json.RawMessage) *Answer {
	var object struct {
		Error *struct{ Cls, Val string } `json:"_error"`
	}
	if json.Unmarshal(result, &object) != nil || object.Error == nil {
		return &Answer{Result: result}
	}
	dot := strings.LastIndexByte(object.Error.Cls, '.')
	return &Answer{Error: &Error{
		Module: object.Error.Cls[:max(dot, 0)], Class: object.Error.Cls[dot+1:], Text: object.Error.Val,
	}}
}

// String is the answer for a message.
func (a *Answer) String() string {
	switch {
	case a.Cause != nil:
		return fmt.Sprintf("%s: %s\ncause: %v", a.Error.Class, a.Error.Text, a.Cause)
	case a.Error != nil:
		return fmt.Sprintf("%s: %s", a.Error.Class, a.Error.Text)
	}
	return abridge(string(a.Result))
}

// Request sends commands in one request and returns what each of them got. What
// is wrong with every answer, such as a length that is not the body's, fails the
// test here.
func (r *Registry) Request(ctx context.Context, caller *access.Caller, commands ...Command) []*Answer {
	r.t.Helper()
	var causes []error
	body, err := json.Marshal(commands)
	if err != nil {
		panic(err) // the test's own mistake
	}
	ctx = context.WithValue(ctx, causesKey{}, &causes)
	recorder := httptest.NewRecorder()
	r.handler.Serve(recorder, httptest.NewRequestWithContext(ctx, http.MethodPost, "/rpc", bytes.NewReader(body)), caller)
	results, err := parse(recorder, len(commands))
	if err != nil {
		r.t.Fatalf("%s\n%d %s\n%v", abridge(string(body)), recorder.Code, abridge(recorder.Body.String()), err)
	}
	answers := make([]*Answer, len(results))
	for n, text := range results {
		answers[n] = newAnswer(text)
	}
	if len(answers) == 1 && len(causes) > 0 {
		answers[0].Cause = causes[0]
	}
	return answers
}

// parse takes the answer of a request that had no mistake in its form.
func parse(answer *httptest.ResponseRecorder, commands int) (results []json.RawMessage, err error) {
	header, body := answer.Result().Header, answer.Body.Bytes()
	switch {
	case answer.Code != http.StatusOK:
		return nil, fmt.Errorf("the status must be 200")
	case header.Get("Content-Type") != "application/json":
		return nil, fmt.Errorf("Content-Type is %q", header.Get("Content-Type"))
	case header.Get("Content-Length") != strconv.Itoa(len(body)):
		return nil, fmt.Errorf("Content-Length is %q, the body has %d bytes", header.Get("Content-Length"), len(body))
	case bytes.ContainsFunc(body, func(r rune) bool { return r > 0x7e || r < ' ' }):
		return nil, fmt.Errorf("the body is not plain ASCII")
	}
	if err = json.Unmarshal(body, &results); err == nil && len(results) != commands {
		err = fmt.Errorf("%d results of %d commands", len(results), commands)
	}
	return results, err
}
