package commands

import (
	"context"

	"github.com/caddyserver/caddy/v2"
)

// configurationChecks look at the configuration as a whole.
var configurationChecks = []check[[]byte]{
	{name: "configuration", run: checkLoads, needed: true},
	{name: "log", run: checkLogs},
	{name: "hosts", run: checkHosts},
}

// checkLoads provisions the configuration, as `caddy validate` does, but opens no log
// file, which would belong to the user of the check.
func checkLoads(_ context.Context, content []byte) (result, text string) {
	var config caddy.Config
	if err := caddy.StrictUnmarshalJSON(content, &config); err != nil {
		return failedBy(err)
	}
	config.Logging = &caddy.Logging{Logs: map[string]*caddy.CustomLog{
		"default": {BaseLog: caddy.BaseLog{Level: "WARN"}},
	}}
	if err := caddy.Validate(&config); err != nil {
		return failedBy(err)
	}
	return checkOK, "it can be loaded"
}
