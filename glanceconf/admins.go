package glanceconf

import (
	"cmp"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
	"github.com/glancegate/glancegate/internal/policy"
)

// nobodysRole is the default of admin_role in Ussuri, where only the policy decides who
// is an admin.
const nobodysRole = "__nobody__"

// readAdmins finds the policy file. Without one the rule is role:admin.
func (r *reader) readAdmins() {
	a := &r.settings.Admins
	role := r.get(osloconf.Default, "admin_role")
	if a.Role = strings.TrimSpace(role.text); a.Role == "" {
		r.refuse("%s: %s is empty; write the name of a role, one that nobody has if no one is to be an admin by it", role.place(), role.name())
	}
	r.writable(role.place()+": "+role.name(), a.Role)
	a.Words = "role " + a.Role
	if !role.set && r.ussuri {
		a.Role, a.Words = nobodysRole, ""
	}
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
		a.Words = either(a.Words, "role admin")
		if role.set && !strings.EqualFold(a.Role, "admin") {
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
	written := rules.Has(policy.ContextIsAdmin)
	if !written && r.ussuri {
		// The policies are in code there, and the file overrides single ones.
		a.Policy, a.PolicyDirs = "", nil
		a.Words = either(a.Words, "role admin")
		r.warn(file, "it has no context_is_admin; the one of the code of Ussuri counts, role:admin")
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
	switch {
	case rule.Text == "":
		a.Words = either(a.Words, "nobody by the policy")
		r.warn(file, "it has neither context_is_admin nor a rule %s; admins are those with %s", cmp.Or(a.DefaultRule, policy.DefaultRule), roleWords(a.Role))
	case !written:
		a.Words = either(a.Words, rule.Text+" (the rule "+cmp.Or(a.DefaultRule, policy.DefaultRule)+" of the policy)")
		r.warn(file, "it has no context_is_admin, so that the rule %s decides who is an admin, as in the old service: %s",
			cmp.Or(a.DefaultRule, policy.DefaultRule), rule.Text)
	default:
		a.Words = either(a.Words, inWords(rule.Text))
	}
}

func roleWords(role string) string {
	if role == nobodysRole {
		return "no role at all"
	}
	return "the role " + role
}

// either joins two descriptions of admins, one of which may be empty.
func either(one, other string) string {
	if one == "" || one == other {
		return other
	}
	return one + " or " + other
}

// inWords is a rule that asks for one role, or the rule as it is.
func inWords(rule string) string {
	if role, ok := strings.CutPrefix(rule, "role:"); ok && !strings.ContainsAny(role, " :") {
		return "role " + role
	}
	return rule
}
