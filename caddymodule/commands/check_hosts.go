package commands

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/caddymodule/internal/listening"
)

// checkHosts names sites with a host name. Who calls them by another name, or by an
// address, gets 421.
func checkHosts(_ context.Context, content []byte) (result, text string) {
	type route struct {
		Match []struct {
			Host []string `json:"host"`
		} `json:"match"`
		Handle any `json:"handle"`
	}
	var config struct {
		Apps struct {
			HTTP struct {
				Servers map[string]struct {
					Routes []route `json:"routes"`
				} `json:"servers"`
			} `json:"http"`
		} `json:"apps"`
	}
	if err := json.Unmarshal(content, &config); err != nil {
		return failedBy(err)
	}
	var names []string
	for _, server := range config.Apps.HTTP.Servers {
		for _, r := range server.Routes {
			if !hasHandler(r.Handle) {
				continue
			}
			for _, m := range r.Match {
				for _, host := range m.Host {
					if !listening.IsLocal(host) {
						names = append(names, host)
					}
				}
			}
		}
	}
	if names == nil {
		return checkOK, "requests for every host are answered"
	}
	slices.Sort(names)
	return checkWarning, "requests for other hosts than " + strings.Join(slices.Compact(names), ", ") +
		" get 421, also those to the IP address; write a site without a name, such as :9191, unless all callers use that name"
}

// hasHandler reports whether a handler of ours is at any depth of a configuration.
func hasHandler(node any) bool {
	switch node := node.(type) {
	case []any:
		return slices.ContainsFunc(node, hasHandler)
	case map[string]any:
		if node["handler"] == "glance_registry" {
			return true
		}
		for _, inner := range node {
			if hasHandler(inner) {
				return true
			}
		}
	}
	return false
}
