package caddymodule

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/rpc"
)

const rpcPath = "/rpc"

// newRPC makes the API of registry v2 for a service.
func (h *Handler) newRPC(service *registry.Service) *rpc.API {
	return &rpc.API{
		Service:     service,
		BodyLimit:   h.Limits.BodyRPC,
		MaxCommands: h.Limits.RPCCommands,
		MaxDepth:    h.Limits.RPCDepth,
		MaxPage:     h.Limits.RPCPage,
		Report:      h.report,
		Observe:     h.observeCommands(),
	}
}

// commandsTotal counts commands of registry v2. The status of failed ones is 200, too.
var commandsTotal = prometheus.NewCounterVec(prometheus.CounterOpts{
	Name: "glance_registry_rpc_commands_total",
	Help: "Commands of registry v2, by name and class of the error, which is empty on success.",
}, []string{"command", "error"})

// observeCommands counts commands, in metrics and the census, and names them in the access log. The
// children of those that succeed are looked up here, once.
func (h *Handler) observeCommands() func(*http.Request, *access.Caller, []rpc.Outcome) {
	succeeded := map[string]prometheus.Counter{}
	for _, name := range rpc.CommandNames() {
		succeeded[name] = commandsTotal.WithLabelValues(name, "")
	}
	return func(r *http.Request, caller *access.Caller, outcomes []rpc.Outcome) {
		h.countedCommands(r, caller.Project, outcomes)
		for _, o := range outcomes {
			if o.ErrorClass == "" {
				succeeded[o.Command].Inc()
			} else {
				commandsTotal.WithLabelValues(o.Command, o.ErrorClass).Inc()
			}
		}
		logCommands(r, outcomes)
	}
}

// maxLogged bounds the commands of a request that the log names.
const maxLogged = 20

// logCommands names commands in the access log.
func logCommands(r *http.Request, outcomes []rpc.Outcome) {
	s := servingOf(r)
	if s == nil || !s.logged || len(outcomes) == 0 {
		return
	}
	commands, failures := []string{}, []string{}
	for _, o := range outcomes[:min(len(outcomes), maxLogged)] {
		commands = append(commands, o.Command)
		if o.ErrorClass != "" {
			failures = append(failures, o.Command+": "+o.ErrorClass)
		}
	}
	s.commands = append(s.commands[:0], zap.Int("glance_command_count", len(outcomes)), zap.Strings("glance_commands", commands))
	if len(failures) > 0 {
		s.commands = append(s.commands, zap.Strings("glance_errors", failures))
	}
}
