package identity

import (
	"testing"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/internal/policy"
)

func TestPolicy(t *testing.T) {
	for _, c := range []struct {
		name, rule string
		role       string
		fields     []string
		want       bool
	}{
		{"the role of the rule", "role:cloudadmin", "nobody", []string{"X-Roles: member,CloudAdmin"}, true},
		{"the rule has taken it from admin", "role:cloudadmin", "nobody", []string{"X-Roles: admin"}, false},
		{"admin_role beside the rule", "role:cloudadmin", "admin", []string{"X-Roles: Admin"}, true},
		{"no role", "role:cloudadmin", "admin", nil, false},
		{"in a project", "role:image_admin and project_id:6c1f", "nobody", []string{"X-Roles: image_admin", "X-Project-Id: 6c1f"}, true},
		{"in a tenant", "role:image_admin and project_id:6c1f", "nobody", []string{"X-Roles: image_admin", "X-Tenant-Id: 6c1f"}, true},
		{"in another project", "role:image_admin and project_id:6c1f", "nobody", []string{"X-Roles: image_admin", "X-Project-Id: 6c1f,6c1f"}, false},
		{"in no project", "project_id:None", "nobody", nil, true},
		{"in a project without a name", "project_id:None", "nobody", []string{"X-Project-Id:"}, false},
		{"a user", "user_id:u1", "nobody", []string{"X-User-Id: u1"}, true},
		{"of a domain", "role:admin and user_domain_id:default", "nobody", []string{"X-Roles: admin", "X-User-Domain-Id: default"}, true},
		{"of another domain", "role:admin and user_domain_id:default", "nobody", []string{"X-Roles: admin", "X-User-Domain-Id: other"}, false},
		{"project of a domain", "project_domain_id:d", "nobody", []string{"X-Project-Domain-Id: d"}, true},
		{"scoped to a domain", "domain_id:d", "nobody", []string{"X-Domain-Id: d"}, true},
		{"scoped to the system", "system_scope:all", "nobody", []string{"Openstack-System-Scope: all"}, true},
		{"admin project by default", "role:admin and is_admin_project:True", "nobody", []string{"X-Roles: admin"}, true},
		{"admin project", "role:admin and is_admin_project:True", "nobody", []string{"X-Roles: admin", "X-Is-Admin-Project: true"}, true},
		{"no admin project", "role:admin and is_admin_project:True", "nobody", []string{"X-Roles: admin", "X-Is-Admin-Project: False"}, false},
		{"admins are not asked for", "is_admin:True", "nobody", []string{"X-Roles: admin"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := policy.Parse("policy.yaml", []byte(`context_is_admin: "`+c.rule+`"`))
			if err != nil {
				t.Fatal(err)
			}
			trusted := standard()
			trusted.AdminRole = c.role
			if trusted.Policy, err = file.Rule(policy.ContextIsAdmin, "", compat.Train); err != nil {
				t.Fatal(err)
			}
			caller, err := trusted.Identify(confirmed(c.fields...))
			if err != nil {
				t.Fatal(err)
			}
			if caller.Admin != c.want || caller.Trusted != c.want {
				t.Errorf("admin %v, may set locations %v, want %v", caller.Admin, caller.Trusted, c.want)
			}
		})
	}
}
