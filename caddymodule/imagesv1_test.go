package caddymodule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/registry/access"
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

// Rules mean what they did in Queens, and those that would not are refused.
func TestImagesPolicy(t *testing.T) {
	read := func(text string) (imagesPolicy, error) {
		path := filepath.Join(t.TempDir(), "policy.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return (&ImagesV1{PolicyFile: path}).policy((&Settings{}).release())
	}
	rules, err := read("default: ''\nadd_image: role:creator\nmodify_image: project_id:p1 or user_id:u1\ndelete_image: '!'\n")
	if err != nil {
		t.Fatal(err)
	}
	creator := &access.Caller{Roles: []string{"creator"}, Project: "p2", User: "u2"}
	for rule, want := range map[string]bool{"get_images": true, "add_image": true, "modify_image": false, "delete_image": false} {
		if rules.Allows(rule, creator) != want {
			t.Errorf("%s: %v", rule, !want)
		}
	}
	if !rules.Allows("modify_image", &access.Caller{Project: "p1"}) || rules.Allows("add_image", &access.Caller{Project: "p1"}) {
		t.Error("the project does not count")
	}
	if rules, err := read("add_image: ''"); err != nil || rules.Allows("get_images", creator) {
		t.Errorf("what is missing passes: %v", err)
	}
	for _, text := range []string{"add_image: is_admin:True", "add_image: http://192.0.2.1/", "add_image: nonsense"} {
		if _, err := read(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
