package glanceconf

import (
	"cmp"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/osloconf"
	"github.com/glancegate/glancegate/identity/policy"
)

func (r *reader) readIdentity() {
	i := &r.settings.Identity
	i.Source = r.pipeline.source
	i.OwnerIsTenant = r.on(osloconf.Default, "owner_is_tenant")
	anonymous := r.get(osloconf.Default, "allow_anonymous_access")
	i.AllowAnonymous = isOn(anonymous.text)
	switch i.Source {
	case FromKeystone:
		r.readKeystone()
		if i.AllowAnonymous && !isOn(r.middleware("delay_auth_decision").text) {
			r.findAt(Warn, anonymous, "has no effect without delay_auth_decision: requests without a valid token are answered with 401 before")
			i.AllowAnonymous = false
		}
	case FromHeaders:
		r.readTrusted()
	case FromNobody:
		i.AllowAnonymous = false
		r.readUnauthenticated()
	}
}

// readTrusted finds out whose identity headers are believed. The old service
// believed everybody's.
func (r *reader) readTrusted() {
	i, l := &r.settings.Identity, r.settings.Listen
	i.From = r.peersFrom()
	flavor := r.get("paste_deploy", "flavor")
	switch {
	case i.From != nil:
		r.findAt(Warn, flavor, "identity headers are believed, from %s only; keep others off that network", strings.Join(i.From, ", "))
	case l.ClientCA != "":
		// The handshake has asked for a certificate.
		i.From = []string{"0.0.0.0/0", "::/0"}
		r.findAt(Warn, flavor, "identity headers are believed from everybody with a certificate of %s; name the glance-api nodes in %s",
			l.ClientCA, EnvTrustedFrom)
	case isLoopback(l.Host):
		r.findAt(Warn, flavor, "identity headers are believed from this host, unless a proxy has forwarded them")
	default:
		r.refuse("%s: the flavor trusted-auth believes the identity headers of everyone who can connect to %s:%d. "+
			"Say which glance-api nodes may send them, with addresses and networks as in:\n\n    %s=10.20.0.11,10.20.0.12\n",
			flavor.place(), l.Host, l.Port, EnvTrustedFrom)
	}
}

func (r *reader) readUnauthenticated() {
	i, l := &r.settings.Identity, r.settings.Listen
	switch consent := r.env(EnvUnauthenticated); consent {
	case everyoneIsAdmin:
		i.Unsafe = !isLoopback(l.Host)
		r.warn(r.in.File, "there is no authentication: everyone who can connect to %s:%d is an admin", l.Host, l.Port)
	case "":
		r.refuse("%s: without a flavor in [paste_deploy] there is no authentication: everyone who can connect to %s:%d is an admin. Choose:\n"+
			"\n    [paste_deploy]"+
			"\n    flavor = keystone        and the options of [keystone_authtoken]: callers bring tokens, as they do to glance-api"+
			"\n    flavor = trusted-auth    and %s: named glance-api nodes say who is calling, with send_identity_headers = True"+
			"\n\nor keep it, on a network that nobody else can reach, with the environment variable"+
			"\n\n    %s=%s\n",
			r.in.File, l.Host, l.Port, EnvTrustedFrom, EnvUnauthenticated, everyoneIsAdmin)
	default:
		r.refuse("%s: %q is not understood; the only value is %s", EnvUnauthenticated, consent, everyoneIsAdmin)
	}
}

// readAdmins finds the policy file. Without one the rule is role:admin.
func (r *reader) readAdmins() {
	a := &r.settings.Admins
	role := r.get(osloconf.Default, "admin_role")
	if a.Role = strings.TrimSpace(role.text); a.Role == "" {
		r.refuse("%s: %s is empty; write the name of a role, one that nobody has if no one is to be an admin by it", role.place(), role.name())
	}
	r.writable(role.place()+": "+role.name(), a.Role)
	a.Words = "role " + a.Role
	if r.settings.Identity.Source == FromNobody {
		a.Words = "everyone"
		return
	}
	option := r.get("oslo_policy", "policy_file")
	file, found := r.find(option.text)
	if !found {
		if option.set {
			r.refuse("%s: %s names %s, which is not there", option.place(), option.name(), option.text)
		}
		a.Words += " or role admin"
		if !strings.EqualFold(a.Role, "admin") {
			r.findAt(Warn, role, "does not replace the role admin, which is an admin by the built-in policy")
		} else {
			a.Words = "role admin"
		}
		return
	}
	r.readPolicy(file, option)
}

func (r *reader) readPolicy(file string, option value) {
	a := &r.settings.Admins
	a.Policy = file
	dirs, err := r.conf.GetAll(osloconf.Name{Section: "oslo_policy", Key: "policy_dirs"})
	if err != nil {
		r.refuse("%v", err)
	}
	for _, dir := range dirs {
		if found, ok := r.find(dir.Text); ok {
			a.PolicyDirs = append(a.PolicyDirs, found)
			r.writable("policy_dirs", found)
		}
	}
	a.DefaultRule = r.text("oslo_policy", "policy_default_rule")
	r.writable("policy_file", file+a.DefaultRule)
	rules, err := policy.ReadFS(r.in.Root, file, a.PolicyDirs...)
	if err != nil {
		r.refuse("%v", err)
		return
	}
	rule, err := rules.Rule(policy.ContextIsAdmin, a.DefaultRule, r.release)
	if err != nil {
		r.refuse("%v", err)
		return
	}
	if rule.AllowsEveryone() {
		r.refuse("policy file %s: everyone is an admin by the rule %q, even without a role; add \"context_is_admin\": \"role:admin\", "+
			"or what your admins have", file, rule.Text)
	}
	for _, warning := range rule.Warnings {
		r.warn(file, "%s", warning)
	}
	r.warn(file, "the policy is read when the configuration is loaded; reload after a change")
	a.Words += " or " + cmp.Or(rule.Text, "nobody else")
}
