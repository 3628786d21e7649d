package keystone

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"

	"github.com/glancegate/glancegate/integration/kit"
)

const secret = "s3cret"

// complete has what is required, with changes.
func complete(changes ...func(*Options)) Options {
	o := Options{AuthURL: "http://keystone:5000", Username: "glance", Password: secret, ProjectName: "service"}
	for _, change := range changes {
		change(&o)
	}
	return o
}

func TestResolveLogin(t *testing.T) {
	named := tokens.AuthOptions{
		Username: "glance", Password: secret, DomainID: "default", Scope: tokens.Scope{ProjectName: "service", DomainID: "default"},
	}
	for _, c := range []struct {
		name    string
		options Options
		want    tokens.AuthOptions
		warning string // part of one
	}{
		{"minimal", complete(), named, ""},
		{"v3password", complete(func(o *Options) { o.AuthType = "v3password" }), named, ""},
		{
			"domains by name",
			complete(func(o *Options) { o.UserDomainName, o.ProjectDomainName = "U", "P" }),
			tokens.AuthOptions{Username: "glance", Password: secret, DomainName: "U", Scope: tokens.Scope{ProjectName: "service", DomainName: "P"}}, "",
		},
		{
			"the id of a domain wins",
			complete(func(o *Options) { o.UserDomainName, o.UserDomainID, o.DefaultDomainName = "U", "u", "D" }),
			tokens.AuthOptions{Username: "glance", Password: secret, DomainID: "u", Scope: tokens.Scope{ProjectName: "service", DomainName: "D"}}, "",
		},
		{
			"ids",
			Options{AuthURL: "http://k", UserID: "u", Username: "x", Password: secret, ProjectID: "p", ProjectName: "x", DefaultDomainID: "d"},
			tokens.AuthOptions{UserID: "u", Password: secret, Scope: tokens.Scope{ProjectID: "p"}}, "",
		},
		{
			"application credential",
			Options{AuthURL: "http://k", AuthType: "v3applicationcredential", ApplicationCredentialID: "a", ApplicationCredentialSecret: secret},
			tokens.AuthOptions{ApplicationCredentialID: "a", ApplicationCredentialSecret: secret}, "",
		},
		{
			"application credential by name",
			Options{
				AuthURL: "http://k", AuthType: "v3applicationcredential", ApplicationCredentialName: "a", ApplicationCredentialSecret: secret,
				Username: "glance", UserDomainName: "U",
			},
			tokens.AuthOptions{ApplicationCredentialName: "a", ApplicationCredentialSecret: secret, Username: "glance", DomainName: "U"}, "",
		},
		{"names of v2.0", Options{IdentityURI: "http://k", AdminUser: "glance", AdminPassword: secret, AdminTenantName: "service"}, named, "v2.0"},
		{
			"names of v2.0, the default project", Options{IdentityURI: "http://k", AdminUser: "glance", AdminPassword: secret},
			tokens.AuthOptions{
				Username: "glance", Password: secret, DomainID: "default", Scope: tokens.Scope{ProjectName: "admin", DomainID: "default"},
			}, "v2.0",
		},
		{"newer names win", complete(func(o *Options) { o.IdentityURI, o.AdminUser, o.AdminToken = "http://other", "x", "x" }), named, "ignored"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config, warnings, err := c.options.Resolve()
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(config.Login, c.want) || config.Token != "" {
				t.Errorf("got %+v, want %+v", config.Login, c.want)
			}
			if text := strings.Join(warnings, "\n"); c.warning == "" && text != "" || !strings.Contains(text, c.warning) {
				t.Errorf("warnings %q, want one with %q", warnings, c.warning)
			}
		})
	}

	config, warnings, err := Options{IdentityURI: "http://k", AdminToken: secret, AdminUser: "x"}.Resolve()
	if err != nil || config.Token != secret || len(warnings) != 1 || strings.Contains(warnings[0], secret) {
		t.Errorf("admin_token: %v %q %v", config.Token == secret, warnings, err)
	}
}

func TestResolveRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	number := func(n int) *int { return &n }
	for _, c := range []struct {
		want    string // beginning of the error
		options Options
	}{
		{"auth_url is missing", Options{}},
		{"auth_url is missing", Options{Username: "x", Password: "x", ProjectName: "x", IdentityURI: "http://k"}},
		{"auth_url must be", complete(func(o *Options) { o.AuthURL = "keystone:5000" })},
		{"auth_url must be", complete(func(o *Options) { o.AuthURL = "ftp://keystone:5000" })},
		{"auth_url must be", complete(func(o *Options) { o.AuthURL = "http://keystone:" + secret })},
		{"auth_url must be", complete(func(o *Options) { o.AuthURL = "http://keystone/?x=y" })},
		{"auth_url has a user", complete(func(o *Options) { o.AuthURL = "http://x:" + secret + "@keystone" })},
		{"username is missing", complete(func(o *Options) { o.Username = "" })},
		{"password is missing", complete(func(o *Options) { o.Password = "" })},
		{"project_name is missing", complete(func(o *Options) { o.ProjectName = "" })},
		{"auth_type:", complete(func(o *Options) { o.AuthType = "v3oidcpassword" })},
		{"application_credential_", complete(func(o *Options) { o.ApplicationCredentialID = "x" })},
		{"application_credential_secret is", Options{AuthURL: "http://k", AuthType: "v3applicationcredential", ApplicationCredentialID: "x"}},
		{"application_credential_id is", Options{AuthURL: "http://k", AuthType: "v3applicationcredential", ApplicationCredentialSecret: secret}},
		{"application_credential_id is", Options{AuthURL: "http://k", AuthType: "v3applicationcredential", ApplicationCredentialSecret: secret, ApplicationCredentialName: "x"}},
		{"username and password are missing", Options{IdentityURI: "http://k"}},
		{"username and password are missing", Options{IdentityURI: "http://k", AdminUser: "x"}},
		{"username and password are missing", Options{IdentityURI: "http://k", AdminPassword: secret}},
		{"cafile:", complete(func(o *Options) { o.CAFile = "/does/not/exist" })},
		{"cafile:", complete(func(o *Options) { o.CAFile = file })},
		{"certfile, keyfile:", complete(func(o *Options) { o.CertFile = file })},
		{"keyfile without certfile", complete(func(o *Options) { o.KeyFile = file })},
		{"http_connect_timeout", complete(func(o *Options) { o.HTTPConnectTimeout = -1 })},
		{"http_request_max_retries", complete(func(o *Options) { o.HTTPRequestMaxRetries = number(-1) })},
		{"token_cache_time", complete(func(o *Options) { o.TokenCacheTime = number(-2) })},
		{"www_authenticate_uri", complete(func(o *Options) { o.WWWAuthenticateURI = "http://k/\"\r\nX-Y: z" })},
		{"www_authenticate_uri", complete(func(o *Options) { o.AuthURI = "http://k/ x" })},
	} {
		_, _, err := c.options.Resolve()
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s...", c.options, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("there is a secret in %v", err)
		}
	}
}

func TestResolveURL(t *testing.T) {
	for text, want := range map[string]string{
		"http://k:5000":                    "http://k:5000",
		"http://k:5000/":                   "http://k:5000",
		"http://k:5000/v3":                 "http://k:5000",
		"http://k:5000/v3/":                "http://k:5000",
		"https://k/identity":               "https://k/identity",
		"https://k/identity/v3/":           "https://k/identity",
		"http://[::1]:5000/identity/v2.0/": "http://[::1]:5000/identity",
	} {
		got, warnings, err := parseURL(text)
		if err != nil || got != want || (len(warnings) > 0) != strings.Contains(text, "v2.0") {
			t.Errorf("%s: %s, %q, %v; want %s", text, got, warnings, err, want)
		}
	}
}

func TestResolveTimes(t *testing.T) {
	number := func(n int) *int { return &n }
	for _, c := range []struct {
		seconds  *int
		want     time.Duration
		warnings int
	}{{nil, 300 * time.Second, 0}, {number(60), time.Minute, 0}, {number(-1), 0, 0}, {number(0), 0, 0}, {number(301), 300 * time.Second, 1}} {
		config, warnings, err := complete(func(o *Options) { o.TokenCacheTime = c.seconds }).Resolve()
		if err != nil || config.CacheTime != c.want || len(warnings) != c.warnings {
			t.Errorf("%v: %v %q %v", c.seconds, config.CacheTime, warnings, err)
		}
	}
	config, _, err := complete(func(o *Options) { o.HTTPConnectTimeout, o.HTTPRequestMaxRetries = 3, number(0) }).Resolve()
	if err != nil || config.Timeout != 3*time.Second || config.Retries != 0 {
		t.Errorf("%+v, %v", config.Timeout, err)
	}
}

func TestAuthenticateURI(t *testing.T) {
	for want, o := range map[string]Options{
		"http://new":       {WWWAuthenticateURI: "http://new", AuthURI: "http://old", AuthURL: "http://k"},
		"http://old/v2.0":  {AuthURI: "http://old/v2.0", AuthURL: "http://k"},
		"http://k:5000/v3": {AuthURL: "http://k:5000/v3", IdentityURI: "http://i"},
		"http://i:35357":   {IdentityURI: "http://i:35357/v2.0"},
	} {
		if got := o.AuthenticateURI(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestExpand(t *testing.T) {
	o := complete(func(o *Options) { o.ServiceTokenRoles = []string{"a", "b"} })
	if err := o.Expand(func(s string) (string, error) { return strings.ToUpper(s), nil }); err != nil {
		t.Fatal(err)
	}
	if o.Password != "S3CRET" || o.AuthURL != "HTTP://KEYSTONE:5000" || o.ServiceTokenRoles[1] != "B" {
		t.Errorf("got %+v", o)
	}
	err := o.Expand(func(s string) (string, error) {
		if s == "S3CRET" {
			return "", errors.New("no such file")
		}
		return s, nil
	})
	if err == nil || err.Error() != "password: no such file" {
		t.Errorf("got %v", err)
	}
}

// Every text field of the options is known by its name in JSON.
func TestTexts(t *testing.T) {
	var o Options
	for n := range reflect.TypeOf(o).NumField() {
		field := reflect.TypeOf(o).Field(n)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		text := o.Text(name)
		if is := field.Type.Kind() == reflect.String; is != (text != nil) {
			t.Errorf("%s: a text %v, known as one %v", name, is, text != nil)
		} else if is {
			*text = "x"
			if reflect.ValueOf(o).Field(n).String() != "x" {
				t.Errorf("%s is another field", name)
			}
		}
	}
}

func FuzzURL(f *testing.F) {
	for _, text := range []string{"http://k:5000/v3", "https://[::1]/identity/v2.0/", "", "http://x:y@k", "http://k/%2Fv3"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer kit.Cheap(t, len(text))()
		once, _, err := parseURL(text)
		if err != nil {
			return
		}
		if strings.HasSuffix(once, "/") || strings.Contains(once, "@") && !strings.Contains(text, "@") {
			t.Errorf("%q became %q", text, once)
		}
		if _, err := newClient(&Config{URL: once}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
