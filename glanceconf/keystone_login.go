package glanceconf

import "github.com/glancegate/glancegate/glanceconf/internal/osloconf"

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
