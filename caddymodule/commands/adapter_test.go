package commands

import (
	"bytes"
	"encoding/json"
	goflag "flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/glanceconf"
	"github.com/glancegate/glancegate/integration/caddykit"
	"github.com/glancegate/glancegate/integration/kit"
)

var update = goflag.Bool("update", false, "write what is made into the files that it is compared with")

// The Caddyfiles of the examples are right, and become what stands beside them.
// With their comments they become the same.
func TestAdapterExamples(t *testing.T) {
	files, err := filepath.Glob("../../glanceconf/testdata/*/Caddyfile")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			settings, findings, err := glanceconf.Read(exampleInput(t, folder))
			if err != nil {
				t.Fatal(err)
			}
			config, warnings, err := adaptSettings(settings, findings)
			if err != nil {
				t.Fatal(err)
			}
			if len(warnings) != len(glanceconf.Warnings(findings)) {
				t.Errorf("Caddy warns about the Caddyfile: %v", warnings)
			}
			converted := []byte(settings.Caddyfile(findings))
			if formatted := caddyfile.Format(converted); !bytes.Equal(formatted, converted) {
				t.Errorf("it is not formatted; it should be\n%s", formatted)
			}
			if again := caddykit.Adapt(t, string(converted)); !bytes.Equal(again, config) {
				t.Errorf("the printed Caddyfile becomes\n%s\nthe adapter makes\n%s", again, config)
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, config, "", "\t"); err != nil {
				t.Fatal(err)
			}
			pretty.WriteByte('\n')
			golden := filepath.Join(folder, "config.json")
			if *update {
				if err := os.WriteFile(golden, pretty.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || !bytes.Equal(want, pretty.Bytes()) {
				t.Errorf("got\n%s\nwant\n%s%v", pretty.Bytes(), want, err)
			}
		})
	}
}

// exampleInput is the machine of an example.
func exampleInput(t *testing.T, folder string) glanceconf.Input {
	t.Helper()
	env := map[string]string{"FILE": "/etc/glance/glance-registry.conf"}
	content, _ := os.ReadFile(filepath.Join(folder, "env"))
	for line := range strings.Lines(string(content)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[key] = value
	}
	root := filepath.Join(folder, "root")
	body, err := os.ReadFile(filepath.Join(root, env["FILE"]))
	if err != nil {
		t.Fatal(err)
	}
	return glanceconf.Input{
		File: env["FILE"], Content: body, Root: os.DirFS(root),
		Getenv: func(key string) (string, bool) { value, ok := env[key]; return value, ok },
	}
}

// oldConfig writes a glance-registry.conf and returns its path.
func oldConfig(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "glance-registry.conf")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func adaptOld(t *testing.T, path string) ([]byte, []caddyconfig.Warning, error) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return caddyconfig.GetAdapter(adapterName).Adapt(body, map[string]any{"filename": path})
}

const keystoneConfig = `[DEFAULT]
[database]
connection = mysql+pymysql://glance:s3cr%2Ft$$@ontroller@192.0.2.1/glance
[keystone_authtoken]
auth_type = password
auth_url = http://192.0.2.1:5000
username = glance
password = k3y$$tone
project_name = service
[paste_deploy]
flavor = keystone
`

// Secrets are in neither the configuration nor an error, and are found when the
// configuration is loaded.
func TestAdapterSecrets(t *testing.T) {
	path := oldConfig(t, keystoneConfig)
	config, _, err := adaptOld(t, path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"s3cr", "ontroller", "k3y", "tone"} {
		if bytes.Contains(bytes.ReplaceAll(config, []byte("keystone"), nil), []byte(secret)) {
			t.Errorf("it has %s: %s", secret, config)
		}
	}
	if err := caddykit.Validate(t, config); err != nil {
		t.Error(err)
	}
	for reference, want := range map[string]string{
		"mysql://u:{glance_conf." + path + "#database.connection.password}@h/d":  "mysql://u:s3cr%2Ft$@ontroller@h/d",
		"{glance_conf." + path + "#keystone_authtoken.password}":                 "k3y$tone",
		"{glance_conf." + path + "#keystone_authtoken.username} {unknown} {a b}": "glance {unknown} {a b}",
	} {
		if got, err := placeholder.Expand(reference); err != nil || got != want {
			t.Errorf("%s: %q, %v", reference, got, err)
		}
	}
	// What the references lead to can go away.
	if err := os.WriteFile(path, []byte(strings.Replace(keystoneConfig, "password = k3y", "pasword = k3y", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	err = caddykit.Validate(t, config)
	if err == nil || !strings.Contains(err.Error(), "password is not there any more") || strings.Contains(err.Error(), "k3y") {
		t.Errorf("got %v", err)
	}
}

func TestAdapterErrors(t *testing.T) {
	for _, c := range []struct{ name, config, want string }{
		{"no flavor", "[DEFAULT]\n[database]\nconnection = sqlite:////x\n", "GLANCE_REGISTRY_WITHOUT_FLAVOR=everyone-is-admin"},
		{"trusted", "[DEFAULT]\n[database]\nconnection = sqlite:////x\n[paste_deploy]\nflavor = trusted-auth", "GLANCE_REGISTRY_TRUSTED_FROM=10.20.0.11"},
		{"no database", "[DEFAULT]\n[paste_deploy]\nflavor = keystone", "[database] connection is missing"},
		{"syntax", "hello", "glance-registry.conf:1: "},
	} {
		if _, _, err := adaptOld(t, oldConfig(t, c.config)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %s", c.name, err, c.want)
		}
	}
	if _, _, err := caddyconfig.GetAdapter(adapterName).Adapt([]byte(keystoneConfig), nil); err == nil || !strings.Contains(err.Error(), "--config") {
		t.Errorf("without a file name: %v", err)
	}
}

// The environment of the process counts, and further files win.
func TestAdapterEnvironment(t *testing.T) {
	path := oldConfig(t, "[DEFAULT]\nlimit_param_default = 7\n[database]\nconnection = sqlite:////x\n[paste_deploy]\nflavor = trusted-auth\n")
	further := filepath.Join(filepath.Dir(path), "further.conf")
	if err := os.WriteFile(further, []byte("[DEFAULT]\nlimit_param_default = 8\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(glanceconf.EnvConfig, further)
	t.Setenv(glanceconf.EnvTrustedFrom, "10.0.0.0/8,192.0.2.7")
	t.Setenv(glanceconf.EnvRelease, "queens")
	config, _, err := adaptOld(t, path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"default_page":8`, `"from":["10.0.0.0/8","192.0.2.7"]`, `"compatible_with":"queens"`} {
		if !bytes.Contains(config, []byte(want)) {
			t.Errorf("no %s in %s", want, config)
		}
	}
	for name, value := range map[string]string{
		glanceconf.EnvConfig: "relative.conf", glanceconf.EnvTrustedFrom: "10.0.0.0/33", glanceconf.EnvRelease: "victoria",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			if _, _, err := adaptOld(t, path); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Words come out of Caddy's lexer as they went into the Caddyfile.
func FuzzAdapterWords(f *testing.F) {
	for _, word := range []string{"admin", "a b", `a"b`, `a\`, "#x", "<<EOF", "a#b", "", "'", "import"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, role string) {
		defer kit.Cheap(t, len(role))()
		if strings.ContainsAny(role, "{}\n\r\x00`") || strings.TrimSpace(role) == "" || !utf8.ValidString(role) {
			return // refused
		}
		settings := glanceconf.Settings{Admins: glanceconf.Admins{Role: role}}
		settings.Log.Level, settings.Listen.Host, settings.Database.URL = "INFO", "127.0.0.1", "sqlite:////x"
		settings.Identity.Source = glanceconf.FromHeaders
		settings.Served = glanceconf.Served{DefaultPage: 1, MaxPage: 1, RequestID: 1}
		config, _, err := adaptSettings(&settings, nil)
		if err != nil {
			t.Fatalf("%q: %v", role, err)
		}
		want, _ := json.Marshal(role)
		if role != "admin" && !bytes.Contains(config, append([]byte(`"admin_role":`), want...)) {
			t.Errorf("%q became %s", role, config)
		}
	})
}
