package caddymodule

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/rpc"
)

// served answers a request to the registry: the gateway does, or the old registry in its
// place.
func (h *Handler) served(w http.ResponseWriter, r *http.Request, to route, readOnly string) {
	_, bySelf := r.Header[shadow.Mark]
	switch {
	case h.shadow == nil, bySelf && !h.shadow.ServesOld():
		h.identified(w, r, to, readOnly)
	case bySelf:
		httperror.Write(w, r, &httperror.Error{
			Status: http.StatusLoopDetected, Explanation: "This gateway is the shadow of another one, and `shadow` names a further registry. Name that in the other one.",
		})
	case h.shadow.ServesOld():
		h.servedByOld(w, r, to, readOnly)
	default:
		h.comparedWithOld(w, r, to, readOnly)
	}
}

// asked is what a request asks the registry for.
type asked struct {
	names []string // of the route or the commands; nil: not known
	read  bool
}

// askedFor reads what a request asks for. What the old registry might take for a write is
// none of its reads: it took the method from the query, too.
func (h *Handler) askedFor(r *http.Request, to route, body []byte) asked {
	if to.name != routeRPC {
		read := (r.Method == http.MethodGet || r.Method == http.MethodHead) && !r.URL.Query().Has("_method")
		return asked{names: []string{to.name}, read: read}
	}
	return askedByRPC(body, h.Limits.RPCDepth)
}

// askedByRPC reads what the body of a request over RPC asks for.
func askedByRPC(body []byte, maxDepth int) asked {
	commands, read := rpc.ReadsOnly(body, maxDepth)
	var names []string
	for _, command := range commands {
		names = append(names, "rpc."+command)
	}
	return asked{names: names, read: read}
}

// exchange is a request as the shadow takes it.
func (h *Handler) exchange(r *http.Request, to route, what asked, body []byte) *shadow.Exchange {
	return &shadow.Exchange{
		Request: shadow.RequestOf(r, body), Calls: what.names, RPC: to.name == routeRPC, Gateway: h.askDirectly(r),
	}
}

// comparedWithOld answers a request, and lets a read be compared with the answer of the
// old registry afterwards.
func (h *Handler) comparedWithOld(w http.ResponseWriter, r *http.Request, to route, readOnly string) {
	kept := h.shadow.NewCopy()
	offered := false
	defer func() {
		if !offered {
			kept.Close()
		}
	}()
	h.identified(challenging(kept.Writer(w), h.identity), kept.Request(r), to, readOnly)
	if r.Context().Err() != nil {
		return
	}
	body := kept.Body()
	x := h.exchange(r, to, asked{}, body)
	if to.name == routeRPC {
		// The answer leaves when this returns, so the body is read later.
		depth := h.Limits.RPCDepth
		x.Identify = func() ([]string, bool) {
			what := askedByRPC(body, depth)
			return what.names, what.read
		}
	} else if what := h.askedFor(r, to, body); what.read {
		x.Calls = what.names
	} else {
		return
	}
	offered = true
	h.shadow.Offer(x, kept)(true)
}

// servedByOld lets the old registry answer a request, and compares: a read while the
// old registry answers it, and after a write the rows that it left.
func (h *Handler) servedByOld(w http.ResponseWriter, r *http.Request, to route, readOnly string) {
	kept := h.shadow.NewCopy()
	var body []byte
	through := kept.Request(r)
	if to.name == routeRPC {
		through, body = kept.ReadAhead(r)
	}
	what := h.askedFor(r, to, body)
	caller, err := h.identity.Identify(r)
	if errors.Is(err, identity.ErrPeer) || readOnly != "" && !what.read {
		// The old registry trusted everyone, and knows of no sunset.
		kept.Close()
		h.identified(w, through, to, readOnly)
		return
	}
	h.passedToOld(r, to, what, caller)
	answered := func(bool) {}
	if what.read {
		answered = h.shadow.Offer(h.exchange(r, to, what, body), kept)
	}
	whole := false
	defer func() { // also where the connection breaks off
		switch {
		case what.read:
			answered(whole)
		case whole && what.names != nil:
			if to.name != routeRPC {
				body = kept.Body()
			}
			h.shadow.Written(h.exchange(r, to, what, body), kept)
		default:
			kept.Close()
		}
	}()
	if err := h.shadow.Forward(kept.Writer(w), through, what.read); err != nil {
		if r.Context().Err() != context.Canceled {
			httperror.Write(w, r, oldFailed(err))
		}
		return
	}
	whole = true
}

// passedToOld counts a request that the old registry answers, and describes it in the log.
func (h *Handler) passedToOld(r *http.Request, to route, what asked, caller access.Caller) {
	if s := servingOf(r); s != nil {
		s.describe(to.name, &caller)
	}
	if to.name != routeRPC {
		h.counted(r, to.name, caller.Project, time.Now())
		return
	}
	outcomes := make([]rpc.Outcome, len(what.names))
	for n, name := range what.names {
		outcomes[n].Command = name[len("rpc."):]
	}
	h.countedCommands(r, caller.Project, outcomes)
	logCommands(r, outcomes)
}

// oldFailed is the page where the old registry does not answer.
func oldFailed(err error) *httperror.Error {
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		page := httperror.Unavailable("The old registry, which answers here, did not answer in time.")
		page.Err = err
		return page
	}
	return &httperror.Error{
		Status: http.StatusBadGateway, Explanation: "The old registry, which answers here, can't be reached.", Err: err,
	}
}

// askDirectly asks the gateway on behalf of a client, without its cache.
func (h *Handler) askDirectly(client *http.Request) shadow.Ask {
	peer, tls := client.RemoteAddr, client.TLS
	return func(ctx context.Context, q *shadow.Request) (*shadow.Answer, error) {
		ctx, cancel := context.WithTimeout(ctx, h.Limits.work())
		defer cancel()
		account := answers.Open(ctx, h.Limits.Answers)
		defer account.Close()
		r, err := q.HTTP(account)
		if err != nil {
			return nil, err
		}
		r.RemoteAddr, r.TLS = peer, tls
		rec := new(shadow.Recorder)
		if err := h.readDirectly(challenging(rec, h.identity), r); err != nil {
			return nil, err
		}
		return rec.Result()
	}
}

// readDirectly answers a read from the database.
func (h *Handler) readDirectly(w http.ResponseWriter, r *http.Request) error {
	to, _ := h.route(r)
	caller, err := h.identity.Identify(r)
	if err != nil {
		httperror.Write(w, r, httperror.From(err))
		return nil
	}
	w.Header().Set("X-Openstack-Request-Id", identity.EchoRequestID(caller.RequestID))
	engine, err := h.direct.Use()
	if err != nil {
		return err
	}
	defer h.direct.Done()
	if to.name == routeRPC {
		engine.rpc.Serve(w, r, &caller)
	} else {
		engine.v1.Serve(w, r, to.v1, &caller)
	}
	return nil
}
