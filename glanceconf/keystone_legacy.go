package glanceconf

import (
	"net"
	"strings"
)

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
