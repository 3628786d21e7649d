package rpctest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/glancegate/glancegate/registry/access"
)

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
	r.handler.ServeHTTP(recorder, httptest.NewRequestWithContext(ctx, http.MethodPost, "/rpc", bytes.NewReader(body)), caller)
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
