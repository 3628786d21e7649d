package commands

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Sites that answer to one name only are named, but not those for this host alone.
func TestCheckHosts(t *testing.T) {
	for sites, want := range map[string]string{
		":9191":                          checkOK,
		"http://localhost:9191":          checkOK,
		"http://127.0.0.1:9191":          checkOK,
		"http://registry.example.org":    checkWarning,
		"http://localhost, http://b.org": checkWarning,
	} {
		file := filepath.Join(t.TempDir(), "glance.sqlite")
		results, _ := runCheckJSON(t, "{\nauto_https off\n}\n"+sites+" {\nglance_registry {\ndatabase sqlite:///"+file+"\ndemo\n}\n}\n")
		if r := results["hosts"]; r.Result != want {
			t.Errorf("%s: %+v", sites, r)
		}
	}
}

// Of an old configuration it says which release is assumed, and who is an admin.
func TestCheckOld(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "glance-registry.conf")
	conf := "[DEFAULT]\nbind_host = 127.0.0.1\nverbose = true\nadmin_role = boss\n[database]\nconnection = sqlite:///" + dir +
		"/glance.sqlite\n[paste_deploy]\nflavor = trusted-auth\n"
	if err := os.WriteFile(name, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := runCheckOf(t, "--config", name, "--adapter", "glance-registry")
	for _, want := range []string{"warning  release", "no release is given, and train is assumed, but files with verbose", "admins", "role boss or role admin"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	t.Setenv("GLANCE_REGISTRY_RELEASE", "ocata")
	if out, _ = runCheckOf(t, "--config", name, "--adapter", "glance-registry"); !strings.Contains(out, "ocata") || strings.Contains(out, "no release is given") {
		t.Errorf("%s", out)
	}
}
