package commands

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"

	_ "github.com/glancegate/glancegate/caddymodule/internal/hostless" // the Caddyfiles of old configurations have it
	"github.com/glancegate/glancegate/glanceconf"
)

const adapterName = "glance-registry"

func init() {
	caddyconfig.RegisterAdapter(adapterName, adapter{})
}

// adapter converts the configuration of an old glance-registry into Caddy's.
type adapter struct{}

// Adapt implements caddyconfig.Adapter. It converts settings into a Caddyfile first, so
// that there is only one conversion.
func (adapter) Adapt(body []byte, options map[string]any) ([]byte, []caddyconfig.Warning, error) {
	name, _ := options["filename"].(string)
	settings, findings, err := readOldConfig(name, body, os.LookupEnv)
	if err != nil {
		return nil, nil, err
	}
	for _, line := range settings.Summary() {
		caddy.Log().Named("adapter." + adapterName).Info(line)
	}
	return adaptSettings(settings, findings)
}

func adaptSettings(settings *glanceconf.Settings, findings []glanceconf.Finding) ([]byte, []caddyconfig.Warning, error) {
	var warnings []caddyconfig.Warning
	for _, f := range glanceconf.Warnings(findings) {
		warnings = append(warnings, caddyconfig.Warning{File: f.File, Line: f.Line, Directive: f.Option, Message: f.Text})
	}
	config, more, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(settings.Caddyfile(nil)), nil)
	return config, append(warnings, more...), err
}

// readOldConfig reads a glance-registry.conf, and what belongs to it.
func readOldConfig(name string, body []byte, getenv func(string) (string, bool)) (*glanceconf.Settings, []glanceconf.Finding, error) {
	if name == "" || name == "-" {
		return nil, nil, errors.New("the name of glance-registry.conf is required to find the files beside it; " +
			"write: --adapter glance-registry --config /etc/glance/glance-registry.conf")
	}
	name, err := filepath.Abs(name)
	if err != nil {
		return nil, nil, err
	}
	home, _ := os.UserHomeDir() // without one, nothing is looked for there
	return glanceconf.Read(glanceconf.Input{
		File: filepath.ToSlash(name), Content: body, Getenv: getenv, Home: home,
	})
}

// Interface guard
var _ caddyconfig.Adapter = adapter{}
