package policy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/compat"
)

func TestFormats(t *testing.T) {
	for _, content := range []string{
		`{"context_is_admin": "role:member", "get_images": ""}`,
		"{\n\t\"context_is_admin\": \"role:member\"\n}\n",
		"# comment\n\"context_is_admin\": \"role:member\"\n",
		"context_is_admin: role:member\n",
		"\"context_is_admin\":\n  - [\"role:admin\"]\n  - - role:member\n",
	} {
		file, err := Parse("p", []byte(content))
		if err != nil {
			t.Errorf("%s: %v", content, err)
			continue
		}
		if r, err := file.Rule(ContextIsAdmin, "", compat.Train); err != nil || !r.Allows(someone()) {
			t.Errorf("%s: %v", content, err)
		}
	}
	for _, content := range []string{"", " \n", "# only\n#\"context_is_admin\": \"\"\n", "{}", "null"} {
		file, err := Parse("p", []byte(content))
		if err != nil {
			t.Errorf("%q: %v", content, err)
			continue
		}
		if r, err := file.Rule(ContextIsAdmin, "", compat.Train); err != nil || r.Allows(someone()) {
			t.Errorf("%q: nobody is an admin, %v", content, err)
		}
	}
	for _, content := range []string{
		"[]", `"role:admin"`, "{\"a\": ", "a: b: c", "\x00", "a: 1\na: 2\n", "- a\n",
		"a: &a [*a]\n",
	} {
		if _, err := Parse("here.yaml", []byte(content)); err == nil || !strings.Contains(err.Error(), "policy file here.yaml: ") {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// Files of a folder override single rules, in the order of their names.
func TestFolders(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	main := write("policy.json", `{"context_is_admin": "!", "other": "role:member"}`)
	write("policy.d/20-b.yaml", "context_is_admin: rule:other")
	write("policy.d/10-a.json", `{"context_is_admin": "role:admin"}`)
	write("policy.d/.hidden", `{"context_is_admin": "!"}`)
	write("policy.d/zz/deeper.json", `{"context_is_admin": "!"}`)
	folder := filepath.Join(dir, "policy.d")
	file, err := Read(main, folder)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := file.Rule(ContextIsAdmin, "", compat.Train); err != nil || !r.Allows(someone()) {
		t.Error(err)
	}
	broken := write("policy.d/99-broken.json", "{")
	if _, err := Read(main, folder); err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("got %v", err)
	}
	write("policy.d/99-broken.json", `{"other": "frob:x"}`)
	if file, err = Read(main, folder); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Rule(ContextIsAdmin, "", compat.Train); err == nil || !strings.Contains(err.Error(), broken+`, rule "other"`) {
		t.Errorf("got %v", err)
	}
	if _, err := Read(main + "x"); err == nil {
		t.Error("a missing file is taken")
	}
	if _, err := Read(main, folder+"x"); err == nil {
		t.Error("a missing folder is taken")
	}
}
