package rpctest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Answer is what a command got: a result, or an exception to raise.
type Answer struct {
	Result json.RawMessage
	Error  *Error // nil where the command succeeded
	Cause  error  // of a failure, which the client is not told
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
