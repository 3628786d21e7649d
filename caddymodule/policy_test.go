package caddymodule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func policyFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Who is an admin, with and without a policy file (registry-config.md, 15).
func TestPolicyFile(t *testing.T) {
	const images = "/images/detail?is_public=none"
	s := start(t, demoSite(""))
	for _, c := range []struct {
		policy, adminRole, roles string
		admin                    bool
	}{
		{"", "admin", "Admin", true},
		{"", "boss", "admin", true},
		{"", "boss", "BOSS", true},
		{`{"context_is_admin": "role:x"}`, "admin", "admin", true},
		{`{"context_is_admin": "role:x"}`, "nobody", "admin", false},
		{`{"context_is_admin": "role:x"}`, "nobody", "X", true},
		{`{}`, "admin", "member", false},
		{`{"context_is_admin": "is_admin:True"}`, "nobody", "admin", false},
		{`context_is_admin: role:image_admin and project_id:p-1`, "nobody", "image_admin", true},
		{`context_is_admin: role:image_admin and project_id:p-2`, "nobody", "image_admin", false},
	} {
		settings := "admin_role " + c.adminRole + "\n"
		if c.policy != "" {
			settings += "policy_file " + policyFile(t, c.policy) + "\n"
		}
		s.load(demoSite(settings))
		// Only admins see the private images of others.
		res, body := s.do("GET", images, "X-Identity-Status: Confirmed", "X-Project-Id: p-1", "X-Roles: "+c.roles)
		if res.StatusCode != 200 || strings.Contains(body, `"is_public": false`) != c.admin {
			t.Errorf("%s, admin_role %s, %s: want admin %v: %d %.100s", c.policy, c.adminRole, c.roles, c.admin, res.StatusCode, body)
		}
	}
}

func demoSite(settings string) string {
	return "http://$ADDR {\nglance_registry {\ndatabase sqlite:///$DB\ndemo\n" + settings + "}\n}"
}

func TestPolicyFileRefused(t *testing.T) {
	for _, c := range []struct{ content, options, want string }{
		{`{"default": ""}`, "", "everyone is an admin"},
		{`{"context_is_admin": "not role:member"}`, "", "everyone is an admin"},
		{`{"context_is_admin": "role:admin or frob:x"}`, "", `policy.yaml, rule "context_is_admin": "frob:x" is not understood`},
		{`{"context_is_admin": "rule:a", "a": "rule:context_is_admin"}`, "", "in a circle"},
		{`{"fallback": "@"}`, "default_rule fallback", "everyone is an admin"},
		{`{"context_is_admin": "role:admin"}`, "dirs /does/not/exist", "/does/not/exist"},
		{`{"context_is_admin": `, "", "policy.yaml"},
	} {
		path := policyFile(t, c.content)
		err := validate(t, ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\npolicy_file "+path+" {\n"+c.options+"\n}\n}\n}")
		if err == nil || !strings.Contains(err.Error(), "policy_file: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.content, err, c.want)
		}
	}
	err := validate(t, ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\npolicy_file /does/not/exist\n}\n}")
	if err == nil || !strings.Contains(err.Error(), "/does/not/exist") {
		t.Errorf("a missing file: %v", err)
	}
}

// A part of a rule that never matches is said, and follows the release.
func TestPolicyFileWarnings(t *testing.T) {
	path := policyFile(t, "context_is_admin: role:admin or tenant:p-1")
	s := start(t, demoSite("policy_file "+path+"\n"))
	if lines := s.logLines("tenant:p-1 never matches in this release; write project_id:p-1", 1); len(lines) != 1 {
		t.Errorf("log: %v", lines)
	}
	s.load(demoSite("compatible_with queens\npolicy_file " + path + "\n"))
	if lines := s.linesWith("never matches"); len(lines) != 1 {
		t.Errorf("log: %v", lines)
	}
}
