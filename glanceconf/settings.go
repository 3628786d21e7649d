package glanceconf

import "fmt"

// Settings are the settings of the files in the terms of the gateway. Secrets are
// references (Secret).
type Settings struct {
	// Files were read, in this order; later ones won.
	Files []string

	// Release is that of the old service, or empty. ReleaseWords is it for people.
	Release, ReleaseWords string

	// Admin is the address of Caddy's admin API, or off.
	Admin string

	Listen   Listen
	Log      Log
	Database Database
	Identity Identity
	Admins   Admins
	Served   Served
}

// Listen is where and how connections are taken.
type Listen struct {
	Host string
	Port int

	// Cert and Key are files; both are empty without TLS. With ClientCA,
	// clients need a certificate.
	Cert, Key, ClientCA string

	CloseAlways   bool // a connection serves one request
	KeepAliveIdle int  // seconds; 0: as Caddy does
	Timeout       int  // seconds that a client may be silent
	Grace         int  // seconds that requests may take to end at a shutdown; 0: as the gateway does
	MaxHeader     int  // bytes, of all headers together
}

// Log is where the log goes.
type Log struct {
	Level string // as Caddy writes it
	File  string // empty: standard error
}

// Database is the database and its pool.
type Database struct {
	URL            string
	Redacted       string  // without password and arguments
	MaxConnections int     // 0: as the gateway does
	SQLMode        *string // nil: as the gateway does
	ReadOnly       bool
}

// The sources of identity.
const (
	FromKeystone = "keystone"
	FromHeaders  = "trusted"
	FromNobody   = "none"
)

// Identity says how the gateway knows who is calling.
type Identity struct {
	Source string

	// Unsafe makes everyone an admin, also on addresses that other hosts can reach.
	Unsafe bool

	// From are the peers that may send identity headers; nil: this host.
	From []string

	// Keystone has the options of identity keystone. One without values is a
	// flag.
	Keystone []Directive

	OwnerIsTenant  bool
	AllowAnonymous bool
}

// Directive is a line of a Caddyfile.
type Directive struct {
	Name   string
	Values []string
}

// Admins says who is an admin.
type Admins struct {
	Role string

	// Policy is the policy file, if there is one.
	Policy, DefaultRule string
	PolicyDirs          []string

	// Words is the rule, for people.
	Words string
}

// Served is what is served.
type Served struct {
	V1, RPC bool

	DefaultPage, MaxPage, RequestID int
	Body                            int // bytes; 0: as the gateway does

	// HealthPath is empty where nothing answers health checks.
	HealthPath, HealthFile string
}

// Trial changes settings so that they can be tried beside the old service and
// another gateway: on another port, with a log and an admin API of its own, and
// without writing.
func (s *Settings) Trial(port int) {
	s.Listen.Port, s.Log.File, s.Database.ReadOnly = port, "", true
	if s.Admin != adminOff {
		s.Admin = fmt.Sprintf("unix//tmp/glance-registry-trial-%d.sock", port)
	}
}

// Finding is a message about an option that is not carried over exactly.
type Finding struct {
	// Verdict is Translate, Ignore or Warn.
	Verdict Verdict

	File string
	Line int // 0: no certain one

	// Option is the option, or empty.
	Option string
	Text   string
}

// Warnings are the findings that an operator has to see.
func Warnings(findings []Finding) []Finding {
	var warnings []Finding
	for _, f := range findings {
		if f.Verdict == Warn {
			warnings = append(warnings, f)
		}
	}
	return warnings
}
