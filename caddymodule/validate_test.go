package caddymodule

import (
	"os"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/caddymodule/internal/databases"
	"github.com/glancegate/glancegate/integration/caddykit"
)

// One case for every rule that a Caddyfile can break and still be parsed.
func TestValidate(t *testing.T) {
	t.Setenv("GLANCE_PASSWORD", "s3cret")
	t.Setenv("EMPTY", "")
	for _, c := range []struct {
		name, config string
		want         string // part of the error; empty: none
	}{
		{"demo", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\ndemo\n}\n}", ""},
		{"global", "{\nglance_registry {\ndatabase sqlite:///x.sqlite\n}\n}\n:9191 {\nglance_registry\n}", ""},
		{"postgresql", ":9191 {\nglance_registry {\ndatabase postgresql://g:{env.GLANCE_PASSWORD}@192.0.2.1/glance\n}\n}", ""},
		{"mysql", ":9191 {\nglance_registry {\ndatabase mysql+pymysql://g:{env.GLANCE_PASSWORD}@192.0.2.1/glance\n}\n}", ""},

		{"no database", ":9191 {\nglance_registry\n}", "no database"},
		{"empty placeholder", ":9191 {\nglance_registry {\ndatabase {env.EMPTY}\n}\n}", "is empty"},
		{"unknown scheme", ":9191 {\nglance_registry {\ndatabase oracle://g:s3cret@192.0.2.1/glance\n}\n}", "oracle"},
		{"bad port", ":9191 {\nglance_registry {\ndatabase postgresql://g:{env.GLANCE_PASSWORD}@192.0.2.1:port/glance\n}\n}", "port"},
		{"mode of MySQL", ":9191 {\nglance_registry {\ndatabase mysql://g@192.0.2.1/glance {\nsql_mode \"\"\n}\n}\n}", ""},
		{"mode elsewhere", ":9191 {\nglance_registry {\ndatabase postgresql://g:s3cret@192.0.2.1/glance {\nsql_mode ANSI\n}\n}\n}", "sql_mode is for MySQL"},
		{"no mode", ":9191 {\nglance_registry {\ndatabase mysql://g@192.0.2.1/glance {\nsql_mode \"ANSI'; x\"\n}\n}\n}", "not a list of modes"},
		{"demo elsewhere", ":9191 {\nglance_registry {\ndatabase postgresql://g:s3cret@192.0.2.1/glance\ndemo\n}\n}", "SQLite"},
		{"create elsewhere", ":9191 {\nglance_registry {\ndatabase mysql://g:s3cret@192.0.2.1/glance {\ncreate\n}\n}\n}", "SQLite"},
		{"demo stays with its database",
			"{\nglance_registry {\ndatabase sqlite:///x.sqlite\ndemo\n}\n}\n:9191 {\nglance_registry {\ndatabase postgresql://g@192.0.2.1/glance\n}\n}", ""},

		{"everyone is an admin", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nidentity none\n}\n}", "unsafe"},
		{"everyone is an admin on an address", ":9191 {\nbind 192.0.2.1\nglance_registry {\ndatabase sqlite:///x.sqlite\nidentity none\n}\n}", "192.0.2.1:9191"},
		{"everyone may be an admin", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nidentity none unsafe\n}\n}", ""},
		{"everyone here is an admin", ":9191 {\nbind 127.0.0.1 ::1 unix//run/glance.sock\nglance_registry {\ndatabase sqlite:///x.sqlite\nidentity none\n}\n}", ""},
		{"global identity", "{\nglance_registry {\ndatabase sqlite:///x.sqlite\nidentity none\n}\n}\n:9191 {\nglance_registry\n}", "unsafe"},

		{"bad network", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nidentity trusted {\nfrom 10.0.0.0/33\n}\n}\n}", `"10.0.0.0/33"`},

		{"shadow", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nshadow https://old.example.com:9191/\n}\n}", ""},
		{"shadow that is no URL", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nshadow 10.0.0.5:9191\n}\n}", "http://10.0.0.5:9191"},
		{"shadow with a password", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nshadow http://u:s3cret@10.0.0.5:9191\n}\n}", "without user"},
		{"shadow of nothing", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nshadow http://10.0.0.5:9191\nv1 off\nrpc off\n}\n}", "remove shadow"},
		{"shadow that answers beside images_v1", ":9292 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nharden\npass_through\nimages_v1 http://127.0.0.1:9293\nshadow http://10.0.0.5:9191 {\nserve old\n}\n}\n}", "remove images_v1"},

		{"public", ":9292 {\nglance_registry {\ndatabase sqlite:///x.sqlite\npass_through\n}\n}", "add `harden`"},
		{"public, everyone an admin", ":9292 {\nglance_registry {\ndatabase sqlite:///x.sqlite\npass_through\nidentity none unsafe\n}\n}", "add `harden`"},
		{"public and hardened", ":9292 {\nglance_registry {\ndatabase sqlite:///x.sqlite\npass_through\nharden\n}\n}", ""},
		{"public with peers", ":9292 {\nglance_registry {\ndatabase sqlite:///x.sqlite\npass_through\nidentity trusted {\nfrom 10.0.0.0/8\n}\n}\n}", ""},
		{"certificates that nobody asks for", ":9292 {\nglance_registry {\ndatabase sqlite:///x.sqlite\nidentity trusted {\nclient_certificate api\n}\n}\n}", "client_auth"},
		{"public with certificates", "https://127.0.0.1:9292 {\ntls internal {\nclient_auth {\nmode require_and_verify\n}\n}\nglance_registry {\ndatabase sqlite:///x.sqlite\npass_through\nidentity trusted {\nclient_certificate api\n}\n}\n}", ""},
		{"cache", cached("ttl 5s"), ""},
		{"cache with changes", cached("changes"), ""},
		{"cache in Redis", cached("redis redis://127.0.0.1:6379/0"), ""},
		{"cache in a far Redis", cached("redis redis://u:s3cret@192.0.2.1"), "add `key"},
		{"cache in a far Redis with a key", cached("redis redis://192.0.2.1\nkey 0123456789abcdef"), ""},
		{"cache with a short key", cached("redis redis://192.0.2.1\nkey s3cret"), "openssl rand"},
		{"cache with an empty key", cached("redis redis://192.0.2.1\nkey {env.EMPTY}"), "is empty"},
		{"cache in no Redis", cached("redis memcached://192.0.2.1"), "redis://"},
		{"cache with a key for nothing", cached("key 0123456789abcdef"), "add `redis <url>`"},
		{"cache for ever", cached("ttl 25h"), "more than 24h"},
		{"cache with a namespace of its own key", cached("redis redis://127.0.0.1\nnamespace a"), "add `key"},
		{"cache of hardly any size", cached("size 10KiB"), "1.0 MiB"},

		{"a census", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\ncensus\n}\n}", ""},
		{"a census of hours", ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\ncensus {\nkeep 1h\n}\n}\n}", "less than a day"},
		{"an end", retiring("{\nsunset 2027-06-30\n}"), ""},
		{"an end before its beginning", retiring("{\ndeprecated 2027-01-01\nsunset 2026-12-31\n}"), "is before deprecated"},
		{"an end without a date", retiring("{\ndeprecated 2027-01-01\nafter_sunset nothing\n}"), "add `sunset <date>`"},
		{"an end with a link to nowhere", retiring("{\nsunset 2027-06-30\nlink wiki/registry\n}"), "not the URL of a web page"},
		{"an end with a peer that is none", retiring("{\nsunset 2027-06-30\nexempt monitoring\n}"), "exempt: from"},

		{"images v1", images("http://127.0.0.1:9293", "pass_through\nharden", ""), ""},
		{"images v1 of a registry", images("http://127.0.0.1:9293", "harden", ""), "add `pass_through`"},
		{"images v1 without tokens", ":9292 {\nglance_registry {\ndatabase sqlite:///x.sqlite\npass_through\nharden\nimages_v1 http://127.0.0.1:9293\n}\n}", "add `identity keystone`"},
		{"images v1 of no glance-api", images("127.0.0.1:9293", "pass_through\nharden", ""), "the URL of glance-api"},
		{"images v1 of an API v2", images("http://127.0.0.1:9293/v2", "pass_through\nharden", ""), "must have no version"},
		{"images v1 with a policy that is not there", images("http://127.0.0.1:9293", "pass_through\nharden", "policy_file /nowhere.yaml"), "/nowhere.yaml"},

		{"public reads", publicReads("pass_through\nharden\n"+keystoneIdentity, "changes"), ""},
		{"public reads of a registry", publicReads(keystoneIdentity, "changes"), "add `pass_through`"},
		{"public reads by headers", publicReads("pass_through\nharden\nidentity trusted", "changes"), "use `identity keystone`"},
		{"public reads without changes", publicReads("pass_through\nharden\n"+keystoneIdentity, ""), "add `changes`"},
		{"public reads for long", publicReads("pass_through\nharden\n"+keystoneIdentity, "changes", "ttl 2h"), "between 0 and 1h"},
		{"public reads of large answers", publicReads("pass_through\nharden\n"+keystoneIdentity, "changes", "max_body 1GiB"), "max_body"},

		{"public, softened", "{\nglance_registry {\ndatabase sqlite:///x.sqlite\nharden\npass_through\n}\n}\n:9292 {\nglance_registry {\nharden off\n}\n}", "add `harden`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			err := validate(t, withOptions("log {\noutput discard\n}\n", c.config))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want an error with %q", err, c.want)
			case err != nil && strings.Contains(err.Error(), "s3cret"):
				t.Errorf("the error has the password: %v", err)
			}
			if files, _ := os.ReadDir("."); len(files) > 0 {
				t.Errorf("made %v", files)
			}
			if n := databases.InUse(); n > 0 {
				t.Errorf("%d databases are still in use", n)
			}
		})
	}
}

// cached is a site with settings of a cache.
func cached(settings string) string {
	return ":9191 {\nglance_registry {\ndatabase sqlite:///x.sqlite\ncache {\n" + settings + "\n}\n}\n}"
}

const keystoneIdentity = "identity keystone {\nauth_url http://192.0.2.1:5000\nusername glance\npassword s3cret\nproject_name service\n}"

// publicReads is a site with public_reads, with further settings of all three.
func publicReads(site, cache string, reads ...string) string {
	return ":9292 {\nglance_registry {\ndatabase sqlite:///x.sqlite\n" + site + "\ncache {\n" + cache +
		"\npublic_reads {\n" + strings.Join(reads, "\n") + "\n}\n}\n}\n}"
}

// Some rules only JSON can break.
func TestValidateJSON(t *testing.T) {
	for _, c := range []struct{ settings, want string }{
		{`"compatible_with": "ussuri"`, "ussuri"},
		{`"limits": {"max_page": -1}`, "positive"},
		{`"identity": {"source": "ldap"}`, "ldap"},
		{`"cache": {"size": 1000}`, "size"},
		{`"cache": {"ttl": -1}`, "ttl"},
		{`"cache": {"key": "0123456789abcdef"}`, "redis"},
	} {
		config := `{"apps": {"http": {"servers": {"x": {"listen": ["127.0.0.1:0"], "routes": [{"handle": [{
			"handler": "glance_registry", "database": {"url": "sqlite:///x.sqlite"}, ` + c.settings + `}]}]}}}}}`
		if err := caddykit.Validate(t, []byte(config)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.settings, err, c.want)
		}
	}
}

// images is a site with the Images API v1.
func images(url, registry, options string) string {
	return ":9292 {\nglance_registry {\ndatabase sqlite:///x.sqlite\n" + registry +
		"\nidentity keystone {\nauth_url http://192.0.2.1:5000\nusername glance\npassword s3cret\nproject_name service\n}\n" +
		"images_v1 " + url + " {\n" + options + "\n}\n}\n}"
}
