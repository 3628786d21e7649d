package caddymodule

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
)

// Limits bounds what a single request may do.
type Limits struct {
	// Time for a request, from its header to its answer. After that the answer is a
	// 503. Default: 60s.
	Request caddy.Duration `json:"request,omitempty"`

	// Images on a page when the client names no limit. Default: 25.
	DefaultPage int `json:"default_page,omitempty"`

	// Maximum number of images on a page. Default: 1000.
	MaxPage int `json:"max_page,omitempty"`

	// Maximum length of a client's request id, in bytes. Default: 64.
	RequestID int `json:"request_id,omitempty"`

	// Maximum body of a v1 request, in bytes. Default: 1 MiB.
	BodyV1 int64 `json:"body_v1,omitempty"`

	// Maximum body of a request to `/rpc`, in bytes. Default: 8 MiB.
	BodyRPC int64 `json:"body_rpc,omitempty"`

	// Maximum number of commands in a request to `/rpc`. Default: 1000.
	RPCCommands int `json:"rpc_commands,omitempty"`

	// Maximum nesting in a request to `/rpc`. Default: 64.
	RPCDepth int `json:"rpc_depth,omitempty"`

	// Maximum number of rows in the result of a command of `/rpc`. Default: no
	// limit.
	RPCPage int `json:"rpc_page,omitempty"`

	// Memory for all answers of the process in progress, in bytes.
	// Default: 512 MiB.
	Answers int64 `json:"answers,omitempty"`
}

// minAnswers has room for a few pages of usual images at a time.
const minAnswers = 32 << 20

var defaultLimits = Limits{
	Request:     caddy.Duration(time.Minute),
	DefaultPage: 25,
	MaxPage:     1000,
	RequestID:   64,
	BodyV1:      1 << 20,
	BodyRPC:     8 << 20,
	RPCCommands: 1000,
	RPCDepth:    64,
	Answers:     512 << 20,
}

// over returns l, with missing values taken from other.
func (l Limits) over(other Limits) Limits {
	return Limits{
		Request:     cmp.Or(l.Request, other.Request),
		DefaultPage: cmp.Or(l.DefaultPage, other.DefaultPage),
		MaxPage:     cmp.Or(l.MaxPage, other.MaxPage),
		RequestID:   cmp.Or(l.RequestID, other.RequestID),
		BodyV1:      cmp.Or(l.BodyV1, other.BodyV1),
		BodyRPC:     cmp.Or(l.BodyRPC, other.BodyRPC),
		RPCCommands: cmp.Or(l.RPCCommands, other.RPCCommands),
		RPCDepth:    cmp.Or(l.RPCDepth, other.RPCDepth),
		RPCPage:     cmp.Or(l.RPCPage, other.RPCPage),
		Answers:     cmp.Or(l.Answers, other.Answers),
	}
}

// check refuses values that only JSON can have; the Caddyfile's numbers are positive.
func (l Limits) check() error {
	if min(int64(l.Request), int64(l.DefaultPage), int64(l.MaxPage), int64(l.RequestID), l.BodyV1, l.BodyRPC,
		int64(l.RPCCommands), int64(l.RPCDepth)) < 1 || l.RPCPage < 0 {
		return errors.New("limits: all values must be positive")
	}
	if l.Answers < minAnswers {
		return fmt.Errorf("limits: answers must be at least %dMiB, which a single page can take", minAnswers>>20)
	}
	return nil
}

// endingTime is for what follows a timeout: ending the request's statements in the
// database, and sending the answer.
const endingTime = 2 * time.Second

// work bounds the work on a request, so that its answer comes within the limit.
func (l Limits) work() time.Duration {
	limit := time.Duration(l.Request)
	return limit - min(endingTime, limit/4)
}
