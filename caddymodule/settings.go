package caddymodule

import (
	"cmp"
	"encoding/json"
)

// Settings can be in the global block and in a handler, which takes precedence.
type Settings struct {
	// The database with Glance's tables. Required here or globally. A handler
	// that names a database uses no database option of the global block,
	// including `demo`.
	Database *Database `json:"database,omitempty"`

	// Create a missing SQLite file with demo images. Refused for other databases.
	// Default: false.
	Demo bool `json:"demo,omitempty"`

	// How the gateway knows who sends a request.
	// Default: `trusted`, from loopback only.
	IdentityRaw json.RawMessage `json:"identity,omitempty" caddy:"namespace=glance_registry.identity inline_key=source"`

	// A role that makes its bearer an admin, besides the role `admin`.
	// Default: `admin`.
	AdminRole string `json:"admin_role,omitempty"`

	// The policy file whose rule `context_is_admin` makes admins, besides
	// `admin_role`. Default: the rule `role:admin`.
	Policy *Policy `json:"policy,omitempty"`

	// Compare the owner of an image with the project of the caller; if false,
	// with the user. Default: true.
	OwnerIsTenant *bool `json:"owner_is_tenant,omitempty"`

	// Let callers without identity read public images. Default: false.
	AllowAnonymous *bool `json:"allow_anonymous,omitempty"`

	// Make the authorization strict, beyond what the old registry checked.
	// Default: false.
	Harden *bool `json:"harden,omitempty"`

	// The OpenStack release whose answers clients expect, `mitaka` to `train`.
	// Default: `train`.
	CompatibleWith string `json:"compatible_with,omitempty"`

	// Claim only the registry's own routes and hand other requests to the next
	// handler. If false, every request of the site is answered.
	// Default: false.
	PassThrough *bool `json:"pass_through,omitempty"`

	// Serve the public Images API v1 as well. Default: it is handed to the next
	// handler.
	ImagesV1 *ImagesV1 `json:"images_v1,omitempty"`

	// Serve registry v1, the REST API. Default: true.
	V1 *bool `json:"v1,omitempty"`

	// Serve registry v2, `POST /rpc`. Default: true.
	RPC *bool `json:"rpc,omitempty"`

	// Start even if another process listens on the port of the site. The kernel
	// distributes connections between the two. Default: false.
	SharePort *bool `json:"share_port,omitempty"`

	// Bounds for single requests.
	Limits Limits `json:"limits,omitzero"`

	// The path at which load balancers ask whether to send requests here, or
	// `off`. Default: `/healthcheck`.
	Healthcheck string `json:"healthcheck,omitempty"`

	// While this file exists, the answer there is 503. Default: none.
	HealthcheckFile string `json:"healthcheck_file,omitempty"`

	// The cache in front of the database. Default: no cache.
	Cache *Cache `json:"cache,omitempty"`

	// Who calls the registry, counted in a file. Default: nothing is counted.
	Census *Census `json:"census,omitempty"`

	// The planned end of the registry. Default: none.
	Retire *Retire `json:"retire,omitempty"`

	// The old registry, which runs beside the gateway so that their answers can be
	// compared. Default: none.
	Shadow *Shadow `json:"shadow,omitempty"`
}

// over returns s, with missing values taken from global.
func (s Settings) over(global Settings) Settings {
	if s.Database == nil {
		s.Database, s.Demo = global.Database, s.Demo || global.Demo
	}
	if len(s.IdentityRaw) == 0 {
		s.IdentityRaw = global.IdentityRaw
	}
	s.AdminRole = cmp.Or(s.AdminRole, global.AdminRole)
	s.Policy = cmp.Or(s.Policy, global.Policy)
	s.OwnerIsTenant = cmp.Or(s.OwnerIsTenant, global.OwnerIsTenant)
	s.AllowAnonymous = cmp.Or(s.AllowAnonymous, global.AllowAnonymous)
	s.Harden = cmp.Or(s.Harden, global.Harden)
	s.CompatibleWith = cmp.Or(s.CompatibleWith, global.CompatibleWith)
	s.PassThrough = cmp.Or(s.PassThrough, global.PassThrough)
	s.ImagesV1 = cmp.Or(s.ImagesV1, global.ImagesV1)
	s.V1 = cmp.Or(s.V1, global.V1)
	s.RPC = cmp.Or(s.RPC, global.RPC)
	s.SharePort = cmp.Or(s.SharePort, global.SharePort)
	s.Limits = s.Limits.over(global.Limits)
	s.Healthcheck = cmp.Or(s.Healthcheck, global.Healthcheck)
	s.HealthcheckFile = cmp.Or(s.HealthcheckFile, global.HealthcheckFile)
	s.Cache = cmp.Or(s.Cache, global.Cache)
	s.Census = cmp.Or(s.Census, global.Census)
	s.Retire = cmp.Or(s.Retire, global.Retire)
	s.Shadow = cmp.Or(s.Shadow, global.Shadow)
	return s
}

// enabled returns the value of a setting, or its default.
func enabled(setting *bool, standard bool) bool {
	if setting == nil {
		return standard
	}
	return *setting
}
