package glanceconf

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// keystoneOption is the value of an option of identity keystone.
func keystoneOption(s *Settings, name string) string {
	for _, d := range s.Identity.Keystone {
		if d.Name == name {
			return d.Values[0]
		}
	}
	return ""
}

// Which of two settings counts (registry-config.md, 15).
func TestPrecedence(t *testing.T) {
	for _, c := range []struct {
		name string
		machine
		changes      []string
		option, want string
	}{
		{"auth_type before identity_uri", machine{}, []string{"keystone_authtoken: identity_uri = http://old", "keystone_authtoken: admin_user = old"},
			"auth_url", "http://keystone:5000"},
		{"the pipeline before the file", machine{}, []string{"paste filter:authtoken: auth_url = http://paste"}, "auth_url", "http://paste"},
		{"the defaults of the pipeline file before the file", machine{}, []string{"paste DEFAULT: auth_url = http://paste"}, "auth_url", "http://paste"},
		{"an old name in the pipeline", machine{}, []string{"paste filter:authtoken: tenant_name = of-paste"}, "project_name", "of-paste"},
		{"the new name of auth_uri", machine{}, []string{"keystone_authtoken: auth_uri = http://old", "keystone_authtoken: www_authenticate_uri = http://new"},
			"www_authenticate_uri", "http://new"},
		{"the new name before it came", env(EnvRelease, "pike"), []string{"keystone_authtoken: auth_uri = http://old",
			"keystone_authtoken: www_authenticate_uri = http://new"}, "www_authenticate_uri", "http://old"},
		{"the environment before the file", env("OS_KEYSTONE_AUTHTOKEN__AUTH_URL", "http://environment"), nil, "auth_url", "http://environment"},
		{"the environment before Stein", env(EnvRelease, "rocky", "OS_KEYSTONE_AUTHTOKEN__AUTH_URL", "http://environment"), nil,
			"auth_url", "http://keystone:5000"},
		{"auth_plugin", machine{}, []string{"keystone_authtoken: -auth_type", "keystone_authtoken: auth_plugin = password"}, "username", "glance"},
		{"parts of identity_uri", machine{}, []string{"keystone_authtoken: -auth_type", "keystone_authtoken: admin_user = u", "keystone_authtoken: admin_password = s3cret",
			"keystone_authtoken: auth_host = fd00::1", "keystone_authtoken: auth_port = 5000", "keystone_authtoken: auth_admin_prefix = /identity/"},
			"auth_url", "https://[fd00::1]:5000/identity"},
		{"the usual tenant", machine{}, []string{"keystone_authtoken: -auth_type", "keystone_authtoken: admin_user = u", "keystone_authtoken: admin_password = s3cret"},
			"project_name", "admin"},
		{"another section", machine{}, []string{"keystone_authtoken: auth_section = Login", "login: auth_type = password", "login: auth_url = http://login",
			"login: user-name = u", "login: password = s3cret", "login: tenant_id = p", "login: user_domain_id = d"}, "auth_url", "http://login"},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings, _, err := c.read(c.changes...)
			if err != nil {
				t.Fatal(err)
			}
			if got := keystoneOption(settings, c.option); got != c.want {
				t.Errorf("%s %q, want %q", c.option, got, c.want)
			}
		})
	}
}

// Folders lose against the file, unless they are named.
func TestFolders(t *testing.T) {
	root := fstest.MapFS{
		"etc/glance/glance-registry.conf.d/10.conf": {Data: []byte("[DEFAULT]\nlimit_param_default = 10\napi_limit_max = 10\n")},
		"etc/glance/glance-registry.conf.d/x.txt":   {Data: []byte("nonsense")},
		"etc/glance/glance.conf.d/10.conf":          {Data: []byte("[DEFAULT]\nmax_request_id_length = 10\napi_limit_max = 11\n")},
		"srv/a/1.conf":                              {Data: []byte("[DEFAULT]\nlimit_param_default = 1\n")},
		"srv/a/2.conf":                              {Data: []byte("[DEFAULT]\nlimit_param_default = 2\n")},
		"srv/b.conf":                                {Data: []byte("[DEFAULT]\nlimit_param_default = 3\n")},
	}
	const conf = "[DEFAULT]\nlimit_param_default = 7\n[database]\nconnection = sqlite:////x\n[paste_deploy]\nflavor = trusted-auth\n"
	for _, c := range []struct {
		name              string
		machine           machine
		page, max, length int
		files             []string // behind the folders beside the file
	}{
		{"beside the file", env(), 7, 10, 10, []string{"/etc/glance/glance-registry.conf"}},
		{"before there were any", env(EnvRelease, "newton"), 7, 1000, 64, []string{"/etc/glance/glance-registry.conf"}},
		{"a file is named", env(EnvConfig, "/srv/b.conf"), 3, 10, 10, []string{"/etc/glance/glance-registry.conf", "/srv/b.conf"}},
		{"a folder is named", env(EnvConfig, "/srv/a"), 2, 1000, 64, []string{"/etc/glance/glance-registry.conf", "/srv/a/1.conf", "/srv/a/2.conf"}},
		{"both", env(EnvConfig, "/srv/b.conf:/srv/a"), 2, 1000, 64, []string{"/etc/glance/glance-registry.conf", "/srv/b.conf", "/srv/a/1.conf", "/srv/a/2.conf"}},
		{"both, with a comma", env(EnvConfig, "/srv/b.conf, /srv/a"), 2, 1000, 64, []string{"/etc/glance/glance-registry.conf", "/srv/b.conf", "/srv/a/1.conf", "/srv/a/2.conf"}},
		{"the other way round", env(EnvConfig, "/srv/a:/srv/b.conf"), 3, 1000, 64, []string{"/etc/glance/glance-registry.conf", "/srv/a/1.conf", "/srv/a/2.conf", "/srv/b.conf"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.machine.env[EnvTrustedFrom] = "10.0.0.1"
			settings, _, err := Read(Input{
				File: "/etc/glance/glance-registry.conf", Content: []byte(conf), Root: root,
				Getenv: func(name string) (string, bool) { v, ok := c.machine.env[name]; return v, ok },
			})
			if err != nil {
				t.Fatal(err)
			}
			if s := settings.Served; s.DefaultPage != c.page || s.MaxPage != c.max || s.RequestID != c.length {
				t.Errorf("%+v, want %d, %d, %d", s, c.page, c.max, c.length)
			}
			if files := settings.Files[len(settings.Files)-len(c.files):]; !slices.Equal(files, c.files) {
				t.Errorf("files %q, want %q", settings.Files, c.files)
			}
		})
	}
}

// The admin rule by policy and admin_role is in TestPolicyFile of caddymodule;
// here is which file it is made of.
func TestPolicyFound(t *testing.T) {
	for _, c := range []struct {
		machine
		changes []string
		want    string
	}{
		{machine{}, nil, ""},
		{machine{policy: "{}"}, nil, "/etc/glance/policy.json"},
		{machine{policy: "{}"}, []string{"oslo_policy: policy_file = /etc/glance/policy.json"}, "/etc/glance/policy.json"},
		{machine{policy: "{}"}, []string{"DEFAULT: policy_file = policy.json"}, "/etc/glance/policy.json"},
	} {
		settings, _, err := c.read(c.changes...)
		if err != nil || settings.Admins.Policy != c.want {
			t.Errorf("%q: %q, %v", c.changes, settings.Admins.Policy, err)
		}
	}
}

// Ussuri's default of admin_role is nobody's, so that the policy alone decides.
func TestAdminRoleOfUssuri(t *testing.T) {
	for _, c := range []struct {
		release string
		changes []string
		want    string
	}{
		{"train", nil, "admin"},
		{"ussuri", nil, nobodysRole},
		{"ussuri", []string{"DEFAULT: admin_role = boss"}, "boss"},
	} {
		m := env(EnvRelease, c.release)
		m.policy = `{"context_is_admin": "role:cloudadmin"}`
		settings, _, err := m.read(c.changes...)
		if err != nil || settings.Admins.Role != c.want || settings.Release != "train" {
			t.Errorf("%s %q: %+v, release %s, %v", c.release, c.changes, settings.Admins, settings.Release, err)
		}
	}
}

// Where a later file decides, it does not matter how the service was started.
func TestFolderHiddenByLaterFile(t *testing.T) {
	root := fstest.MapFS{
		"etc/glance/glance-registry.conf.d/10.conf": {Data: []byte("[DEFAULT]\napi_limit_max = 10\n")},
		"srv/b.conf": {Data: []byte("[DEFAULT]\napi_limit_max = 3\n")},
	}
	const conf = "[DEFAULT]\napi_limit_max = 7\n[database]\nconnection = sqlite:////x\n[paste_deploy]\nflavor = trusted-auth\n"
	for further, want := range map[string]bool{"": true, "/srv/b.conf": false} {
		m := env(EnvConfig, further, EnvTrustedFrom, "10.0.0.1")
		_, findings, err := Read(Input{
			File: "/etc/glance/glance-registry.conf", Content: []byte(conf), Root: root,
			Getenv: func(name string) (string, bool) { v, ok := m.env[name]; return v, ok },
		})
		got := slices.ContainsFunc(findings, func(f Finding) bool { return strings.Contains(f.Text, "sets it, too") })
		if err != nil || got != want {
			t.Errorf("%q: %v, %v", further, findings, err)
		}
	}
}
