package glanceconf

import (
	"regexp"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/internal/dburl"
)

var references = regexp.MustCompile(`\{(glance_(?:conf|paste)\.[^{}]*)\}`)

// expanded is a text with what its references stand for.
func expanded(t *testing.T, in Input, text string) string {
	t.Helper()
	return references.ReplaceAllStringFunc(text, func(reference string) string {
		value, known, err := secretIn(in.Root, strings.Trim(reference, "{}"))
		if !known || err != nil {
			t.Errorf("%s: %v", reference, err)
		}
		return value
	})
}

// The passwords of the examples, as the old service had them (registry-config.md, 14).
func TestReferences(t *testing.T) {
	for _, c := range []struct{ folder, database, keystone string }{
		{"install_guide", "s3cr/t$@ontroller", "gl#nce; 1"},
		{"packages_mitaka", "4hLk9", "9xPq"},
		{"split_train", "dbpw", "k3y$tone"},
		{"mutual_tls", "p%w", ""},
		{"old_paste", "secret", "$ecret%1"},
		{"helm", "", "s$cret"},
		{"traps", "", "pa$ #1"},
	} {
		in := inputOf(t, c.folder)
		settings, _, err := Read(in)
		if err != nil {
			t.Errorf("%s: %v", c.folder, err)
			continue
		}
		if c.database != "" {
			u, err := dburl.Parse(expanded(t, in, settings.Database.URL))
			if err != nil {
				t.Errorf("%s: %v", c.folder, err)
				continue
			}
			if password, _ := u.Password(); password != c.database {
				t.Errorf("%s: database password %q, want %q", c.folder, password, c.database)
			}
		}
		keystone := ""
		for _, d := range settings.Identity.Keystone {
			if strings.HasSuffix(d.Name, "password") || strings.HasSuffix(d.Name, "secret") {
				keystone = expanded(t, in, d.Values[0])
			}
		}
		if keystone != c.keystone {
			t.Errorf("%s: password of Keystone %q, want %q", c.folder, keystone, c.keystone)
		}
	}
}

func TestSecret(t *testing.T) {
	in := inputOf(t, "install_guide")
	const conf = "glance_conf./etc/glance/glance-registry.conf#"
	for _, c := range []struct{ reference, want string }{
		{conf + "database.connection", "mysql+pymysql://glance:s3cr%2Ft$@ontroller@controller/glance"},
		{conf + "database.connection.password", "s3cr%2Ft$@ontroller"},
		{conf + "keystone_authtoken.username", "glance"},
		{"glance_paste./etc/glance/glance-registry-paste.ini#filter:osprofiler.hmac_keys", "SECRET_KEY  #DEPRECATED"},
	} {
		if got, known, err := secretIn(in.Root, c.reference); !known || err != nil || got != c.want {
			t.Errorf("%s: %q %v", c.reference, got, err)
		}
	}
	for _, c := range []struct{ reference, want string }{
		{conf + "keystone_authtoken.passwort", "[keystone_authtoken] passwort is not there any more"},
		{conf + "nowhere.password", "is not there any more"},
		{conf + "sql.connection.password", "is not there any more"},
		{"glance_conf./etc/glance/missing.conf#a.b", "/etc/glance/missing.conf: "},
		{"glance_conf./etc/glance/glance-registry.conf", "write a file, #"},
		{"glance_conf./etc/glance/policy.json#a.b", "/etc/glance/policy.json:1: "},
		{"glance_paste./etc/glance/glance-registry-paste.ini#filter:authtoken.admin_password", "is not there any more"},
	} {
		if got, known, err := secretIn(in.Root, c.reference); !known || err == nil || !strings.Contains(err.Error(), c.want) || got != "" {
			t.Errorf("%s: %q, got %v, want an error with %s", c.reference, got, err, c.want)
		}
	}
	if _, known, _ := secretIn(in.Root, "env.HOME"); known {
		t.Error("a placeholder of Caddy's is taken")
	}
}

// A password whose references lead into another file can't be found by its own.
func TestReferenceAcrossFiles(t *testing.T) {
	in := inputOf(t, "split_train")
	in.Content = []byte(strings.Replace(string(in.Content), "username = glance", "username = glance\npassword = $admin_role", 1))
	if _, _, err := Read(in); err != nil {
		t.Fatal(err)
	}
	in = inputOf(t, "split_train")
	in.Content = []byte(strings.NewReplacer("username = glance", "username = glance\npassword = x$admin_token").Replace(string(in.Content)))
	getenv := in.Getenv
	in.Getenv = func(name string) (string, bool) {
		if name == "OS_KEYSTONE_AUTHTOKEN__ADMIN_TOKEN" {
			return "s3cret", true
		}
		return getenv(name)
	}
	_, _, err := Read(in)
	if err == nil || !strings.Contains(err.Error(), "refers to options in other files") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}
