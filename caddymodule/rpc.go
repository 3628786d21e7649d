package caddymodule

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/rpc"
)

const rpcPath = "/rpc"

// isRPC reports whether a request is for registry v2, and that is on.
func (h *Handler) isRPC(r *http.Request) bool {
	return enabled(h.RPC, true) && r.Method == http.MethodPost && r.URL.Path == rpcPath
}

// newRPC makes what serves registry v2 by the rules of a service.
func (h *Handler) newRPC(service *registry.Service) *rpc.Handler {
	return &rpc.Handler{
		Service:     service,
		BodyLimit:   h.Limits.BodyRPC,
		MaxCommands: h.Limits.RPCCommands,
		MaxDepth:    h.Limits.RPCDepth,
		Python2:     !onPython3(h.CompatibleWith),
		Report:      h.report,
		Observe:     h.metrics.observeCommands(),
	}
}

// commandsTotal counts commands of registry v2: a failed one is a 200 on the
// wire.
var commandsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
	Name: "glance_registry_rpc_commands_total",
	Help: "Commands of registry v2, by name and class of the error, which is empty for those that succeeded.",
}, []string{"command", "error"})

// observeCommands counts commands and gives the access log their names. The
// children of those that succeed are looked up here, once.
func (requestMetrics) observeCommands() func(r *http.Request, command, errorClass string) {
	succeeded := map[string]prometheus.Counter{}
	for _, name := range rpc.CommandNames() {
		succeeded[name] = commandsTotal.WithLabelValues(name, "")
	}
	return func(r *http.Request, command, errorClass string) {
		fields, _ := r.Context().Value(caddyhttp.ExtraLogFieldsCtxKey).(*caddyhttp.ExtraLogFields)
		if fields != nil {
			fields.Set(zap.String("glance_command", command))
		}
		if errorClass == "" {
			succeeded[command].Inc()
			return
		}
		commandsTotal.WithLabelValues(command, errorClass).Inc()
		if fields != nil {
			fields.Set(zap.String("glance_error", errorClass))
		}
	}
}
