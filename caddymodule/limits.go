package caddymodule

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
)

// Limits bounds what a single request may ask for.
type Limits struct {
	// Time for a request, from its header to its answer. What has no answer by
	// then gets a 503. Default: 60s.
	Request caddy.Duration `json:"request,omitempty"`

	// Images on a page when the client names no limit. Default: 25.
	DefaultPage int `json:"default_page,omitempty"`

	// Most images on a page. Default: 1000.
	MaxPage int `json:"max_page,omitempty"`

	// Longest request id that a client may send, in bytes. Default: 64.
	RequestID int `json:"request_id,omitempty"`

	// Largest body of a v1 request, in bytes. Default: 1 MiB.
	BodyV1 int64 `json:"body_v1,omitempty"`

	// Largest body of a request to `/rpc`, in bytes. Default: 8 MiB.
	BodyRPC int64 `json:"body_rpc,omitempty"`

	// Most commands in a request to `/rpc`. Default: 1000.
	RPCCommands int `json:"rpc_commands,omitempty"`

	// Deepest nesting in a request to `/rpc`. Default: 64.
	RPCDepth int `json:"rpc_depth,omitempty"`

	// Most rows in the result of a command of `/rpc`. Default: no limit.
	RPCPage int `json:"rpc_page,omitempty"`

	// Memory for all answers of the process that are under way, in bytes.
	// Default: 512 MiB.
	Answers int64 `json:"answers,omitempty"`
}

// leastAnswers is room for some pages of usual images at a time.
const leastAnswers = 32 << 20

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

// over returns l, with what it leaves open taken from other.
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

// check refuses what only JSON can say; a Caddyfile has no numbers below 1 here.
func (l Limits) check() error {
	if min(int64(l.Request), int64(l.DefaultPage), int64(l.MaxPage), int64(l.RequestID), l.BodyV1, l.BodyRPC,
		int64(l.RPCCommands), int64(l.RPCDepth)) < 1 || l.RPCPage < 0 {
		return errors.New("limits: all of them are positive numbers")
	}
	if l.Answers < leastAnswers {
		return fmt.Errorf("limits: answers must be at least %dMiB, which a single page can take", leastAnswers>>20)
	}
	return nil
}

// endingTime is for what follows when the work on a request was cut short: its
// statements are ended in the database, and its answer is sent.
const endingTime = 2 * time.Second

// work is how long the work on a request may take, so that its answer comes
// within the limit.
func (l Limits) work() time.Duration {
	limit := time.Duration(l.Request)
	return limit - min(endingTime, limit/4)
}
