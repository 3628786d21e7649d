package policy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/compat"
)

func rule(t *testing.T, release compat.Release, rules map[string]any) (*Rule, error) {
	t.Helper()
	content, err := json.Marshal(rules)
	if err != nil {
		t.Fatal(err)
	}
	file, err := Parse("policy.json", content)
	if err != nil {
		t.Fatal(err)
	}
	return file.Rule(ContextIsAdmin, "", release)
}

// someone has two roles and the project 6c1f.
func someone() *Credentials {
	c := Nobody()
	c.Roles = []string{"member", "cloud_admin"}
	c.UserID, c.ProjectID, c.UserDomainID = "u1", "6c1f", "default"
	return c
}

func TestExpressions(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"", true},
		{"@", true},
		{"!", false},
		{"role:cloud_admin", true},
		{"role:Cloud_Admin", true},
		{"role:admin", false},
		{"role:", false},
		{"role:admin or role:cloud_admin", true},
		{"role:admin and role:cloud_admin", false},
		{"role:admin OR role:cloud_admin", true},
		{"not role:admin", true},
		{"not not role:admin", false},
		{"not (role:admin or role:member)", false},
		{"role:member and not role:admin", true},
		// and binds stronger than or
		{"role:member or role:admin and role:admin", true},
		{"(role:member or role:admin) and role:admin", false},
		{"role:admin and role:admin or role:member", true},
		{"((role:member))", true},
		{"( role:member ) and role:cloud_admin", true},
		{"rule:operator", true},
		{"rule:nobody", false},
		{"rule:missing", false},
		{"is_admin:True", false},
		{"is_admin:*", false},
		{"is_admin:True or role:member", true},
		{"project_id:6c1f", true},
		{"role:member and project_id:6c1f", true},
		{"project_id:6C1F", false},
		{"user_id:u1", true},
		{"domain_id:None", true},
		{"is_admin_project:True", true},
		{"user_domain_id:default", true},
		{"project_domain_id:default", false},
		{"system_scope:all", false},
		// the target is empty
		{"project_id:%(project_id)s", false},
		{"project_id:%(owner)s or role:member", true},
		{"role:%(role)s", false},
		{"'6c1f':%(target.project.id)s", false},
		{"'member':member", true},
		{"True:True", true},
		{"None:%(x)s", false},
		{"project_id:100%%", false},
	} {
		r, err := rule(t, compat.Train, map[string]any{
			ContextIsAdmin: c.text, "operator": "role:cloud_admin", "nobody": "!",
		})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := r.Allows(someone()); got != c.want {
			t.Errorf("%q: %v, want %v", c.text, got, c.want)
		}
		if r.Text != c.text {
			t.Errorf("%q has the text %q", c.text, r.Text)
		}
	}
}

// Fields of a target are put in where the rule is asked about one.
func TestTargets(t *testing.T) {
	image := func(field string) (string, bool) {
		value, known := map[string]string{"owner": "6c1f", "other": "7d20", "role": "Cloud_Admin", "half": "6c", "null": "None"}[field]
		return value, known
	}
	for _, c := range []struct {
		text     string
		want     bool
		targeted int // parts
	}{
		{"project_id:%(owner)s", true, 1},
		{"project_id:%(other)s", false, 1},
		{"project_id:%(missing)s", false, 1},
		{"not project_id:%(missing)s", true, 1},
		{"project_id:%(half)s1f", true, 1},
		{"project_id:%(half)s%(missing)s", false, 1},
		{"role:%(role)s", true, 1},
		{"role:%(owner)s", false, 1},
		{"'6c1f':%(owner)s", true, 1},
		{"'6c%1f':6c%%1f", true, 0},
		{"None:%(null)s", true, 1},
		{"role:admin or rule:owner and user_id:u1", true, 1},
		{"(project_id:%(owner)s and project_id:%(other)s) or rule:owner", true, 2},
		{"role:member", true, 0},
	} {
		r, err := rule(t, compat.Train, map[string]any{ContextIsAdmin: c.text, "owner": "project_id:%(owner)s", "unused": "project_id:%(x)s"})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := r.AllowsAbout(someone(), image); got != c.want {
			t.Errorf("%q: %v, want %v", c.text, got, c.want)
		}
		if len(r.Targeted) != c.targeted {
			t.Errorf("%q: %q ask for the target", c.text, r.Targeted)
		}
	}
}

func TestLists(t *testing.T) {
	for _, c := range []struct {
		list any
		want bool
	}{
		{[]any{}, true},
		{[]any{[]any{}}, false},
		{[]any{[]any{"role:admin"}, []any{"role:member", "role:cloud_admin"}}, true},
		{[]any{[]any{"role:admin"}, []any{"role:member", "role:admin"}}, false},
		{[]any{[]any{"role:admin", "role:member"}}, false},
		{[]any{"role:admin", "role:member"}, true},
		{[]any{"rule:operator"}, true},
	} {
		r, err := rule(t, compat.Train, map[string]any{ContextIsAdmin: c.list, "operator": "role:cloud_admin"})
		if err != nil {
			t.Errorf("%v: %v", c.list, err)
		} else if got := r.Allows(someone()); got != c.want {
			t.Errorf("%v: %v, want %v", c.list, got, c.want)
		}
	}
}

// Which rule decides where the file has no context_is_admin (registry-config.md, 15).
func TestDefault(t *testing.T) {
	for _, c := range []struct {
		rules    map[string]any
		want     bool
		everyone bool
	}{
		{map[string]any{}, false, false},
		{map[string]any{"default": ""}, true, true},
		{map[string]any{"default": "@"}, true, true},
		{map[string]any{"default": []any{}}, true, true},
		{map[string]any{"default": "role:member"}, true, false},
		{map[string]any{"default": "", ContextIsAdmin: "role:admin"}, false, false},
		{map[string]any{"default": "", ContextIsAdmin: "rule:misspelt"}, true, true},
		{map[string]any{ContextIsAdmin: "not role:member"}, false, true},
		{map[string]any{ContextIsAdmin: "is_admin_project:True"}, true, true},
	} {
		r, err := rule(t, compat.Train, c.rules)
		if err != nil {
			t.Errorf("%v: %v", c.rules, err)
			continue
		}
		if got := r.Allows(someone()); got != c.want {
			t.Errorf("%v: %v, want %v", c.rules, got, c.want)
		}
		if got := r.AllowsEveryone(); got != c.everyone {
			t.Errorf("%v: everyone %v, want %v", c.rules, got, c.everyone)
		}
	}
	file, err := Parse("p", []byte(`{"fallback": "role:member"}`))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := file.Rule(ContextIsAdmin, "fallback", compat.Train); err != nil || !r.Allows(someone()) {
		t.Errorf("another default rule: %v", err)
	}
}

func TestNotUnderstood(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{"role:admin or", "ends where a check is expected"},
		{" ", "ends where a check is expected"},
		{"()", `")" is not understood`},
		{"not", "ends"},
		{"or role:admin", `"or" is not understood`},
		{"role:admin role:member", `"role:member" does not belong there`},
		{"role:admin)", `")" does not belong there`},
		{"(role:admin", "closing parenthesis"},
		{"(role:admin )and role:member", `missing in front of ")and"`},
		{"admin", `"admin" is not understood`},
		{"frob:x", `"frob:x" is not understood`},
		{"roles:admin", "write role:admin"},
		{"service_roles:service", "service_roles:service"},
		{"http://policy.example.com/%(x)s", "ask another server"},
		{"role:member or https://policy.example.com", "ask another server"},
		{"project_id:%(x)d", `"project_id:%(x)d" is not understood`},
		{"project_id:%x", "name in parentheses"},
		{"project_id:100%", "name in parentheses"},
		{"'a':b:c' or frob:x", "frob:x"},
		{`"role:admin"`, "is not understood"},
		{"rule:a", `rule "b": "frob:x" is not understood`},
		{"rule:circle", `circle -> circular -> circle`},
		{strings.Repeat("(", 101) + "@" + strings.Repeat(")", 101), "nested too deeply"},
		{[]any{"frob:x"}, "frob:x"},
		{[]any{[]any{"role:admin or role:member", 7.0}}, "7 in a list is no text"},
		{map[string]any{"role": "admin"}, "neither a text nor a list"},
		{true, "neither a text nor a list"},
		{nil, "neither a text nor a list"},
	} {
		_, err := rule(t, compat.Train, map[string]any{
			ContextIsAdmin: c.value, "a": "rule:b", "b": "frob:x", "circle": "rule:circular", "circular": "not rule:circle",
		})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "policy file policy.json, rule ") {
			t.Errorf("%v: got %v, want an error with %q", c.value, err, c.want)
		}
	}
}

// A default rule stands in for a rule that it refers to itself.
func TestDefaultInCircle(t *testing.T) {
	_, err := rule(t, compat.Train, map[string]any{"default": "rule:missing"})
	if err == nil || !strings.Contains(err.Error(), "default -> default") {
		t.Errorf("got %v", err)
	}
}

// Rules of glance-api may be what they like.
func TestOtherRules(t *testing.T) {
	r, err := rule(t, compat.Train, map[string]any{
		ContextIsAdmin: "role:admin", "modify_image": "http://example.com or frob:x", "get_image": 7,
	})
	if err != nil || r.Allows(someone()) {
		t.Error(err)
	}
}

// Which credentials a rule can ask for changed with the releases.
func TestReleases(t *testing.T) {
	releases := []compat.Release{compat.Mitaka, compat.Newton, compat.Ocata, compat.Pike, compat.Queens, compat.Rocky, compat.Stein, compat.Train}
	for _, c := range []struct {
		text    string
		matches []compat.Release
	}{
		{"tenant:6c1f", releases[:6]},
		{"user:u1", releases[:6]},
		{"project_id:6c1f", releases[1:]},
		{"is_admin_project:True", releases[1:]},
		{"system_scope:None", releases[4:]},
		{"role:member", releases},
	} {
		for _, release := range releases {
			r, err := rule(t, release, map[string]any{ContextIsAdmin: c.text})
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Contains(c.matches, release)
			if r.Allows(someone()) != want {
				t.Errorf("%s in %s: want %v", c.text, release, want)
			}
			if want == (len(r.Warnings) > 0) {
				t.Errorf("%s in %s: warnings %q", c.text, release, r.Warnings)
			}
		}
	}
	r, err := rule(t, compat.Train, map[string]any{ContextIsAdmin: "tenant:6c1f or tenant:6c1f"})
	if want := []string{"tenant:6c1f never matches in this release; write project_id:6c1f"}; err != nil || !slices.Equal(r.Warnings, want) {
		t.Errorf("%q, %v", r.Warnings, err)
	}
}

func BenchmarkAllows(b *testing.B) {
	file, err := Parse("p", []byte(`{"context_is_admin": "role:admin or (role:image_admin and project_id:6c1f)"}`))
	if err != nil {
		b.Fatal(err)
	}
	r, err := file.Rule(ContextIsAdmin, "", compat.Train)
	if err != nil {
		b.Fatal(err)
	}
	c := someone()
	b.ReportAllocs()
	for b.Loop() {
		r.Allows(c)
	}
}
