package glanceconf

import (
	"strings"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// Environment variables that say what the files do not.
const (
	// EnvConfig names further files, and folders with files, separated by
	// colons or commas. Later ones win over earlier ones, and all of them over the file.
	EnvConfig = "GLANCE_REGISTRY_CONFIG"

	// EnvTrustedFrom names the peers that may send identity headers, with
	// flavor trusted-auth: networks, separated by commas.
	EnvTrustedFrom = "GLANCE_REGISTRY_TRUSTED_FROM"

	// envUnauthenticated allows a flavor without authentication, if it is
	// everyone-is-admin.
	envUnauthenticated = "GLANCE_REGISTRY_WITHOUT_FLAVOR"

	// EnvRelease is the release of the old service.
	EnvRelease = "GLANCE_REGISTRY_RELEASE"

	// EnvUnknownFilters names filters of the pipeline that are left out although it
	// is not known what they do, separated by commas.
	EnvUnknownFilters = "GLANCE_REGISTRY_UNKNOWN_FILTERS"

	// EnvAdmin is the address of the admin API as Caddy writes it, such as
	// unix//run/glance-gateway/admin.sock or localhost:2019, or off.
	EnvAdmin = "GLANCE_REGISTRY_ADMIN"

	// EnvLegacyTLS accepts certificates and TLS of an old kind, of the database and
	// of Keystone, if it is on.
	EnvLegacyTLS = "GLANCE_REGISTRY_LEGACY_TLS"
)

const everyoneIsAdmin = "everyone-is-admin"

// ussuri was the last release that had a registry. It differs from train in the
// default of admin_role only.
const ussuri = "ussuri"

func (r *reader) env(name string) string {
	value, _ := r.in.Getenv(name)
	return strings.TrimSpace(value)
}

// legacyTLS reports whether TLS of an old kind is to be accepted.
func (r *reader) legacyTLS() bool {
	switch text := r.env(EnvLegacyTLS); strings.ToLower(text) {
	case "", "off":
		return false
	case "on":
		return true
	default:
		r.refuse("%s: %q is not understood; write on or off", EnvLegacyTLS, text)
		return false
	}
}

// environment is the name of the file of what the environment says.
const environment = "environment"

// readEnvironment reads OS_GROUP__OPTION, which came with Stein and wins over
// all files.
func (r *reader) readEnvironment() {
	if !r.since(compat.Stein) {
		return
	}
	var entries []osloconf.Entry
	for _, o := range options() {
		variable := variableOf(o.Name)
		if value, ok := r.in.Getenv(variable); ok {
			entries = append(entries, osloconf.Entry{File: environment + " " + variable, Section: o.Section, Key: o.Key, Value: value})
		}
	}
	if entries != nil {
		r.settings.Files = append(r.settings.Files, environment)
		r.conf.AddLiteral(entries)
	}
}

func variableOf(name osloconf.Name) string {
	return strings.ToUpper("OS_" + name.Section + "__" + name.Key)
}
