package glanceconf

import (
	"net"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/osloconf"
)

// middleware is an option of the filter authtoken, in the pipeline or else in
// [keystone_authtoken].
func (r *reader) middleware(key string) value { return r.authOption(tokenSection, key) }

// plugin is an option of the login, which auth_section can move.
func (r *reader) plugin(key string) value { return r.authOption(r.login, key) }

func (r *reader) authOption(section, key string) value {
	o := r.options[osloconf.Name{Section: tokenSection, Key: key}]
	if filter := r.pipeline.authtoken; filter != nil {
		keys := []string{key}
		for _, old := range o.Old {
			keys = append(keys, old.Key)
		}
		for _, key := range keys {
			v := r.filterOption(filter, key)
			if !v.set {
				continue
			}
			if err := o.Type.Check(v.text); err != nil {
				r.refuse("%s: %s: %v", v.place(), v.name(), err)
			}
			return v
		}
	}
	return r.get(section, key)
}

// auth adds a directive to identity keystone.
func (r *reader) auth(name string, values ...string) {
	i := &r.settings.Identity
	i.Keystone = append(i.Keystone, Directive{name, values})
}

// carry adds options as they are, as far as they are set.
func (r *reader) carry(get func(string) value, keys ...string) {
	for _, key := range keys {
		if v := get(key); v.text != "" && v.set {
			r.writable(v.place()+": "+v.name(), v.text)
			r.auth(key, v.text)
		}
	}
}

func (r *reader) readKeystone() {
	r.login = tokenSection
	if v := r.middleware("auth_section"); v.text != "" {
		r.login = osloconf.Canonical(v.text)
		r.conf.Register(r.loginIn(r.login))
	}
	if filter := r.pipeline.authtoken; filter != nil {
		for _, key := range []string{"oslo_config_file", "oslo_config_project"} {
			if v := r.filterOption(filter, key); v.set {
				r.refuse("%s: %s reads the options from somewhere else; write them into the filter", v.place(), v.name())
			}
		}
	}
	if v := r.plugin("auth_type"); v.text != "" {
		r.readPlugin(v)
	} else {
		r.readLegacy()
	}
	r.readMiddleware()
}

// loginIn is the options of the login in another section.
func (r *reader) loginIn(section string) []osloconf.Option {
	var options []osloconf.Option
	for _, o := range loginOptions {
		moved := o.Option
		moved.Section, moved.Old = section, nil
		for _, old := range o.Old {
			moved.Old = append(moved.Old, osloconf.Name{Section: section, Key: old.Key})
		}
		options = append(options, moved)
	}
	return options
}

// readPlugin reads the login of the plugin that auth_type names.
func (r *reader) readPlugin(kind value) {
	switch kind.text {
	case "password", "v3password", "v2password":
		r.readPassword(kind)
	case "v3applicationcredential":
		r.auth("auth_type", kind.text)
		r.needs(kind, "auth_url", "application_credential_secret")
		if r.plugin("application_credential_id").text == "" {
			r.needs(kind, "application_credential_name")
		}
		r.carry(r.plugin, "auth_url", "application_credential_id", "application_credential_name", "username", "user_id",
			"user_domain_id", "user_domain_name")
		r.authSecret("application_credential_secret", r.plugin("application_credential_secret"))
	default:
		r.refuse("%s: %s: %q is not supported; the service user logs in with password or v3applicationcredential",
			kind.place(), kind.name(), kind.text)
	}
}

func (r *reader) readPassword(kind value) {
	for _, key := range []string{"domain_id", "domain_name", "trust_id", "system_scope"} {
		if v := r.plugin(key); v.text != "" {
			r.refuse("%s: %s is not supported; name the project of the service user, project_name", v.place(), v.name())
		}
	}
	r.needs(kind, "auth_url", "password")
	if r.plugin("user_id").text == "" {
		r.needs(kind, "username")
	}
	if r.plugin("project_id").text == "" {
		r.needs(kind, "project_name")
	}
	r.carry(r.plugin, "auth_url", "username", "user_id")
	r.authSecret("password", r.plugin("password"))
	domains := []string{"user_domain_id", "user_domain_name", "project_domain_id", "project_domain_name", "default_domain_id", "default_domain_name"}
	if kind.text == "v2password" {
		r.findAt(Warn, kind, "is of the Identity API v2.0, which is gone; the login is done with v3, user and project in the domain with the id default")
		domains = nil
	}
	r.carry(r.plugin, append([]string{"project_name", "project_id"}, domains...)...)
	for _, key := range domains {
		if r.plugin(key).text != "" {
			return
		}
	}
	switch {
	case kind.text == "v2password", r.plugin("user_id").text != "":
	case kind.text == "v3password":
		r.refuse("%s: [%s] user_domain_name is missing, which auth_type = v3password needs", kind.place(), r.login)
	default:
		r.findAt(Warn, kind, "no domain is named; user and project are looked for in the domain with the id default")
	}
}

// needs refuses a login without some options.
func (r *reader) needs(kind value, keys ...string) {
	for _, key := range keys {
		if r.plugin(key).text == "" {
			r.refuse("%s: [%s] %s is missing, which auth_type = %s needs", kind.place(), r.login, key, kind.text)
		}
	}
}

func (r *reader) authSecret(name string, v value) {
	if v.text != "" {
		r.auth(name, r.reference(v, ""))
	}
}

// readLegacy translates a login of the time of the Identity API v2.0.
func (r *reader) readLegacy() {
	user, password, token := r.plugin("admin_user"), r.plugin("admin_password"), r.plugin("admin_token")
	uri := r.plugin("identity_uri")
	address := strings.TrimRight(uri.text, "/")
	if address == "" {
		address = r.identityURI()
	}
	if token.text != "" {
		r.findAt(Warn, token, "Keystone has had no such token since Ocata, and it is not renewed")
		r.writable(uri.place()+": "+uri.name(), address)
		r.auth("identity_uri", address)
		r.authSecret("admin_token", token)
		return
	}
	if user.text == "" || password.text == "" {
		for _, key := range []string{"username", "auth_url", "password"} {
			if v := r.plugin(key); v.set {
				r.refuse("%s: %s counts only with auth_type; add: auth_type = password", v.place(), v.name())
				return
			}
		}
		r.refuse("%s: no Keystone credentials found; in [%s] set auth_type = password, auth_url, username, password, project_name, "+
			"user_domain_name and project_domain_name", r.in.File, r.login)
		return
	}
	r.findAt(Warn, user, "is of the Identity API v2.0, which is gone; the login is done with v3, user and project in the domain with the id default")
	if strings.HasSuffix(address, ":35357") {
		if !uri.set {
			uri = r.plugin("auth_port")
		}
		r.findAt(Warn, uri, "port 35357 is gone from most installations; Keystone listens on 5000")
	}
	tenant := r.plugin("admin_tenant_name")
	r.writable(user.place()+": "+user.name(), user.text+tenant.text+address)
	r.auth("auth_url", address)
	r.auth("username", user.text)
	r.authSecret("password", password)
	r.auth("user_domain_id", "default")
	r.auth("project_name", tenant.text)
	r.auth("project_domain_id", "default")
}

// identityURI is made of parts where it is not given as a whole.
func (r *reader) identityURI() string {
	address := r.plugin("auth_protocol").text + "://" +
		net.JoinHostPort(strings.Trim(r.plugin("auth_host").text, "[]"), r.plugin("auth_port").text)
	if prefix := strings.Trim(r.plugin("auth_admin_prefix").text, "/"); prefix != "" {
		address += "/" + prefix
	}
	return address
}

// readMiddleware reads what is not about the login.
func (r *reader) readMiddleware() {
	if uri := r.authenticateURI(); uri.text != "" {
		r.writable(uri.place(), uri.text)
		r.auth("www_authenticate_uri", uri.text)
	}
	r.carry(r.middleware, "cafile", "certfile", "keyfile", "http_connect_timeout", "http_request_max_retries", "token_cache_time")
	if v := r.middleware("insecure"); isOn(v.text) {
		r.findAt(Warn, v, "Keystone's certificate is not verified: whoever poses as Keystone decides who is an admin")
		r.auth("insecure")
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

// inPipeline reports whether an option of [keystone_authtoken] does not count,
// because the filter has it, too.
func (r *reader) inPipeline(known *osloconf.Option) bool {
	if r.pipeline.authtoken == nil || known.Section != tokenSection && known.Section != r.login {
		return false
	}
	return r.authOption(known.Section, known.Key).paste != nil
}

// rolesIn leaves out empty items, which are nobody's roles.
func rolesIn(text string) []string {
	var roles []string
	for _, role := range osloconf.ParseList(text) {
		if role != "" {
			roles = append(roles, role)
		}
	}
	return roles
}

// authenticateURI is the address that clients without a token are told. The new
// name of the option came with Queens.
func (r *reader) authenticateURI() value {
	if v := r.middleware("www_authenticate_uri"); v.text != "" && r.since("queens") {
		return v
	}
	return r.middleware("auth_uri")
}
