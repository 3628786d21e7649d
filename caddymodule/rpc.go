package caddymodule

import (
	"net/http"

	"github.com/glancegate/glancegate/registry"
)

const rpcPath = "/rpc"

// rpcHandler serves registry v2.
type rpcHandler interface {
	ServeHTTP(w http.ResponseWriter, r *http.Request, caller *registry.Caller)
}

// newRPC makes what serves registry v2 by the rules of a service. A build
// without registry v2 answers /rpc as if it were off.
var newRPC func(*Handler, *registry.Service) rpcHandler

// isRPC reports whether a request is for registry v2, and that is on.
func (h *Handler) isRPC(r *http.Request) bool {
	return newRPC != nil && enabled(h.RPC, true) && r.Method == http.MethodPost && r.URL.Path == rpcPath
}
