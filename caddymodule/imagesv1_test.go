package caddymodule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

func TestHeadersJudge(t *testing.T) {
	passing, problem := HeadersTarget{Allowed: fieldNames}.Judge()
	if problem != "" || !strings.Contains(passing, "x-image-meta-min_ram") {
		t.Errorf("%s, %s", passing, problem)
	}
	passing, problem = HeadersTarget{Allowed: fieldNames[1:]}.Judge()
	if !strings.Contains(problem, "drops x-image-meta-disk_format, which") {
		t.Errorf("%s, %s", passing, problem)
	}
	if passing, problem = (HeadersTarget{}).Judge(); !strings.HasPrefix(passing, "no header name") || problem == "" {
		t.Errorf("%s, %s", passing, problem)
	}
}

// imagesRulesOf are the rules of a policy file.
func imagesRulesOf(t *testing.T, text string) (imagesPolicy, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return (&ImagesV1{PolicyFile: path}).policy((&Settings{}).release())
}

// Rules mean what they did in Queens, and those that would not are refused.
func TestImagesPolicy(t *testing.T) {
	read := func(text string) (imagesPolicy, error) { return imagesRulesOf(t, text) }
	rules, err := read("default: ''\nadd_image: role:creator\nmodify_image: project_id:p1 or user_id:u1\ndelete_image: '!'\n")
	if err != nil {
		t.Fatal(err)
	}
	creator := &access.Caller{Roles: []string{"creator"}, Project: "p2", User: "u2"}
	for rule, want := range map[string]bool{"get_images": true, "add_image": true, "modify_image": false, "delete_image": false} {
		if rules.Allows(rule, creator, nil) != want {
			t.Errorf("%s: %v", rule, !want)
		}
	}
	if !rules.Allows("modify_image", &access.Caller{Project: "p1"}, nil) || rules.Allows("add_image", &access.Caller{Project: "p1"}, nil) {
		t.Error("the project does not count")
	}
	if rules, err := read("add_image: ''"); err != nil || rules.Allows("get_images", creator, nil) {
		t.Errorf("what is missing passes: %v", err)
	}
	for _, text := range []string{"add_image: is_admin:True", "add_image: http://192.0.2.1/", "add_image: nonsense"} {
		if _, err := read(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

// Domains and scopes are those of the token; users and projects have their old names as
// well.
func TestImagesPolicyOfScope(t *testing.T) {
	rules, err := imagesRulesOf(t, `{"get_images": "user_domain_id:d1", "get_image": "project_domain_id:d2", "add_image": "domain_id:d3",
		"modify_image": "system_scope:all", "delete_image": "is_admin_project:True", "get_members": "tenant:p1 and user:u1"}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		caller access.Caller
		want   string // the rules that pass
	}{
		{access.Caller{}, "delete_image"},
		{access.Caller{Scope: &access.Scope{UserDomain: records.NullOf("d1")}}, "get_images delete_image"},
		{access.Caller{Scope: &access.Scope{UserDomain: records.NullOf("d2"), ProjectDomain: records.NullOf("d2")}}, "get_image delete_image"},
		{access.Caller{Scope: &access.Scope{Domain: records.NullOf("d3"), NoAdminProject: true}}, "add_image"},
		{access.Caller{Scope: &access.Scope{SystemScope: records.NullOf("all"), NoAdminProject: true}}, "modify_image"},
		{access.Caller{User: "u1", Project: "p1"}, "delete_image get_members"},
		{access.Caller{User: "u2", Project: "p1"}, "delete_image"},
	} {
		var passing []string
		for _, rule := range imagesRules {
			if rules.Allows(rule, &c.caller, nil) {
				passing = append(passing, rule)
			}
		}
		if got := strings.Join(passing, " "); got != c.want {
			t.Errorf("%+v: %s, want %s", c.caller, got, c.want)
		}
	}
}

// Where glance-api protects properties, the gateway does not start with images_v1.
func TestImagesProtections(t *testing.T) {
	for conf, want := range map[string]string{
		"[DEFAULT]\nproperty_protection_file = protections.conf\n": "glance-api.conf:2 sets property_protection_file",
		"[DEFAULT]\n# property_protection_file = x\n":              "",
	} {
		folder := t.TempDir()
		for name, text := range map[string]string{"policy.yaml": "default: ''", "glance-api.conf": conf} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(folder) // the database's file
		err := validate(t, images("http://127.0.0.1:9293", "pass_through\nharden", "policy_file "+filepath.Join(folder, "policy.yaml")))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: got %v, want %s", conf, err, want)
		}
	}
}

// Only download_image knows the image. Where another rule asks for it, the message has
// all that is needed to change that.
func TestImagesPolicyOfTargets(t *testing.T) {
	rules, err := imagesRulesOf(t, `{"default": "", "download_image": "rule:owner or 'yes':%(open)s", "owner": "tenant:%(owner)s",
		"add_member": "rule:owner", "context_is_admin": "user_domain_id:%(domain)s"}`)
	if err != nil {
		t.Fatal(err)
	}
	image := func(fields map[string]string) func(string) (string, bool) {
		return func(name string) (string, bool) { value, known := fields[name]; return value, known }
	}
	for _, c := range []struct {
		field func(string) (string, bool)
		want  bool
	}{
		{image(map[string]string{"owner": "p1"}), true},
		{image(map[string]string{"owner": "p2"}), false},
		{image(map[string]string{"owner": "p2", "open": "yes"}), true},
		{image(nil), false},
		{nil, false}, // there is no image
	} {
		if got := rules.Allows("download_image", &access.Caller{Project: "p1"}, c.field); got != c.want {
			t.Errorf("%v: got %v", c, got)
		}
	}
	for text, want := range map[string]string{
		`modify_image: role:admin or project_id:%(owner)s`:  `policy.yaml, rule "modify_image": project_id:%(owner)s can never match`,
		"get_image: rule:o\no: user_domain_id:%(target.d)s": `policy.yaml, rule "get_image": user_domain_id:%(target.d)s can never match`,
		`default: tenant:%(tenant)s`:                        `policy.yaml, rule "get_images": tenant:%(tenant)s can never match`,
		`add_image: "not role:%(x)s"`:                       `write role:, user_id: or project_id: with a value in its place`,
	} {
		if _, err := imagesRulesOf(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}
