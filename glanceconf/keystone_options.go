package glanceconf

import (
	"strings"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// readMiddleware reads what is not about the login.
func (r *reader) readMiddleware() {
	if uri := r.authenticateURI(); uri.text != "" {
		r.writable(uri.place(), uri.text)
		r.auth("www_authenticate_uri", uri.text)
	}
	r.carry(r.middleware, "cafile", "certfile", "keyfile", "http_connect_timeout", "http_request_max_retries", "token_cache_time")
	if v := r.middleware("insecure"); isOn(v.text) {
		r.findAt(Warn, v, "Keystone's certificate is not verified: anyone who can impersonate Keystone decides who is an admin")
		r.auth("insecure")
	}
	if r.legacyTLS() {
		r.auth("legacy_tls")
	}
	r.readServiceRoles()
	if v := r.middleware("token_cache_time"); v.set {
		if n, _ := osloconf.ParseInt(v.text); n > 300 {
			r.findAt(Warn, v, "tokens are remembered for 300 seconds at most")
		}
	}
	for _, flag := range []string{"service_token_roles_required", "delay_auth_decision"} {
		if isOn(r.middleware(flag).text) {
			r.auth(flag)
		}
	}
	if v := r.middleware("auth_version"); strings.HasPrefix(strings.TrimPrefix(v.text, "v"), "2") {
		r.findAt(Warn, v, "tokens are validated with the Identity API v3: v2.0 is gone")
	}
	switch v := r.middleware("enforce_token_bind"); v.text {
	case "disabled", "permissive":
	default:
		r.refuse("%s: %s: tokens that are bound to something are not checked for it; write permissive if that is not needed", v.place(), v.name())
	}
}

func (r *reader) readServiceRoles() {
	v := r.middleware("service_token_roles")
	if !v.set {
		return
	}
	roles := rolesIn(v.text)
	if len(roles) == 0 {
		r.refuse("%s: %s is empty; write the role of your services, which is service by default", v.place(), v.name())
		return
	}
	for _, role := range roles {
		r.writable(v.place()+": "+v.name(), role)
	}
	r.auth("service_token_roles", roles...)
}

// rolesIn splits a list and leaves out empty items.
func rolesIn(text string) []string {
	var roles []string
	for _, role := range osloconf.ParseList(text) {
		if role != "" {
			roles = append(roles, role)
		}
	}
	return roles
}

// authenticateURI is the address where clients without a token log in. The new name of
// the option came with Queens.
func (r *reader) authenticateURI() value {
	if v := r.middleware("www_authenticate_uri"); v.text != "" && r.since(compat.Queens) {
		return v
	}
	return r.middleware("auth_uri")
}

// readFilterOptions looks at the options in the pipeline that have no effect any
// more.
func (r *reader) readFilterOptions() {
	filter := r.pipeline.authtoken
	if filter == nil || r.pipeline.source != FromKeystone {
		return
	}
	for _, key := range filter.Keys() {
		known, ok := r.conf.Option(osloconf.Name{Section: tokenSection, Key: key})
		if !ok {
			continue
		}
		if option := r.options[known.Name]; option.Verdict == Warn {
			r.readVerdict(option, r.filterOption(filter, key))
		}
	}
}
