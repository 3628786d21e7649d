package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

type object = map[string]any

// answer is what became of a request.
type answer struct {
	began, ended time.Time
	status       int // 0: there was no answer
	body         []byte
	results      []json.RawMessage // of commands
	failure      string            // a status, or what happened instead of an answer
}

func (a *answer) ok() bool { return a.failure == "" }

// send sends a request of an administrator to a node.
func (l *Load) send(node int, method, path string, body any) *answer {
	return l.sendAs(method+" "+path, node, method, path, body)
}

// sendAs is send with a name of the request for messages.
func (l *Load) sendAs(name string, node int, method, path string, body any) *answer {
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			panic(err) // the test's own mistake
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, l.nodes[node]+path, content)
	if err != nil {
		panic(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	l.identify(r)
	a := &answer{began: time.Now()}
	res, err := l.client.Do(r)
	if err == nil {
		a.body, err = io.ReadAll(res.Body)
		res.Body.Close()
		a.status = res.StatusCode
	}
	a.ended = time.Now()
	a.failure = failure(a.status, err)
	l.note(a, name)
	return a
}

// command is one command of registry v2.
type command struct {
	Name   string `json:"command"`
	Kwargs object `json:"kwargs"`
}

// call sends commands. Those that fail because the database is not available
// make the whole a failure.
func (l *Load) call(node int, commands ...command) *answer {
	a := l.sendAs(commands[0].Name, node, http.MethodPost, "/rpc", commands)
	if !a.ok() {
		return a
	}
	if err := json.Unmarshal(a.body, &a.results); err != nil || len(a.results) != len(commands) {
		a.failure = "not an answer of commands"
	}
	for _, r := range a.results {
		if e := inBand(r); e != "" && !strings.HasPrefix(e, imageNotFound) {
			a.body, a.failure = r, "rpc "+e
			if strings.Contains(e, "database") {
				a.failure = "rpc unavailable"
			}
		}
	}
	if !a.ok() {
		l.fail(a, commands[0].Name)
	}
	return a
}

const imageNotFound = "ImageNotFound"

// inBand is the class and text of the error of a command, or nothing.
func inBand(result json.RawMessage) string {
	var o struct {
		Error *struct{ Cls, Val string } `json:"_error"`
	}
	if json.Unmarshal(result, &o) != nil || o.Error == nil {
		return ""
	}
	return o.Error.Cls[strings.LastIndexByte(o.Error.Cls, '.')+1:] + " " + o.Error.Val
}

// failure names what is no success. Not found is an answer: the image may be
// gone.
func failure(status int, err error) string {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case err != nil:
		return "broken"
	case status >= 300 && status != http.StatusNotFound:
		return fmt.Sprint(status)
	}
	return ""
}
