package glanceconf

import (
	"strings"
	"testing"
	"testing/fstest"
)

// machine is the files of a service that is in order, but for what a test
// changes: lines that replace those of an option, or are added to its section.
type machine struct {
	conf, paste, policy string
	env                 map[string]string
}

const (
	confInOrder = `[DEFAULT]
bind_host = 10.20.0.5
[database]
connection = mysql+pymysql://glance:s3cret@db/glance
[keystone_authtoken]
auth_type = password
auth_url = http://keystone:5000
username = glance
password = s3cret
project_name = service
user_domain_name = Default
project_domain_name = Default
[paste_deploy]
flavor = keystone
`
	pasteInOrder = `[pipeline:glance-registry]
pipeline = unauthenticated-context registryapp
[pipeline:glance-registry-keystone]
pipeline = healthcheck authtoken context registryapp
[pipeline:glance-registry-trusted-auth]
pipeline = healthcheck context registryapp
[app:registryapp]
paste.app_factory = glance.registry.api:API.factory
[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
[filter:unauthenticated-context]
paste.filter_factory = glance.api.middleware.context:UnauthenticatedContextMiddleware.factory
[filter:healthcheck]
paste.filter_factory = oslo_middleware:Healthcheck.factory
[filter:x]
paste.filter_factory = oslo_middleware:FACTORY
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
`
)

// set puts an option into a section of an INI file. A name with a minus in front
// is taken out.
func set(text, section, line string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(line, "-"), " ")
	var b strings.Builder
	current, done := "", false
	add := func() {
		if !done && !strings.HasPrefix(line, "-") {
			b.WriteString(line + "\n")
		}
		done = true
	}
	for l := range strings.Lines(text) {
		if strings.HasPrefix(l, "[") {
			if current == section {
				add()
			}
			current = strings.Trim(strings.TrimSpace(l), "[]")
		}
		if current == section && strings.HasPrefix(l, name+" ") {
			add()
			continue
		}
		b.WriteString(l)
	}
	if current != section && !done {
		b.WriteString("[" + section + "]\n")
	}
	add()
	return b.String()
}

// read reads the files with changes, each "section: line". The section paste
// begins one of the pipeline file.
func (m machine) read(changes ...string) (*Settings, []Finding, error) {
	m.conf, m.paste = confInOrder, pasteInOrder
	for _, change := range changes {
		section, line, _ := strings.Cut(change, ": ")
		if ofPaste, ok := strings.CutPrefix(section, "paste "); ok {
			m.paste = set(m.paste, ofPaste, line)
			continue
		}
		m.conf = set(m.conf, section, line)
	}
	files := fstest.MapFS{"etc/glance/glance-registry-paste.ini": {Data: []byte(m.paste)}}
	if m.policy != "" {
		files["etc/glance/policy.json"] = &fstest.MapFile{Data: []byte(m.policy)}
	}
	return Read(Input{
		File: "/etc/glance/glance-registry.conf", Content: []byte(m.conf), Root: files,
		Getenv: func(name string) (string, bool) { v, ok := m.env[name]; return v, ok },
	})
}

func env(pairs ...string) machine {
	m := machine{env: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		m.env[pairs[i]] = pairs[i+1]
	}
	return m
}

func TestInOrder(t *testing.T) {
	settings, findings, err := machine{}.read()
	if err != nil || len(findings) > 0 || settings.Identity.Source != FromKeystone {
		t.Fatalf("%v %v", findings, err)
	}
}

// What makes no configuration (registry-config.md, 13).
func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		machine
		changes []string
		want    string
	}{
		{machine{}, []string{"DEFAULT: bind_port = x"}, "bind_port: its value must be a whole number"},
		{machine{}, []string{"DEFAULT: bind_port = 0"}, "bind_port must be a port from 1"},
		{machine{}, []string{"DEFAULT: bind_host = a,b"}, "bind_host must be one address"},
		{machine{}, []string{"DEFAULT: bind_host = 10.0.0.1 # vip"}, "bind_host must be one address"},
		{machine{}, []string{"DEFAULT: owner_is_tenant ="}, "owner_is_tenant: its value must be true or false"},
		{machine{}, []string{"DEFAULT: api_limit_max = 0"}, "api_limit_max must be at least 1"},
		{machine{}, []string{"database: connection ="}, "connection is missing"},
		{machine{}, []string{"database: -connection"}, "connection is missing"},
		{machine{}, []string{"database: connection = oracle://u:p@h/d"}, `driver "oracle" is not supported`},
		{machine{}, []string{"database: connection = sqlite://"}, "in memory"},
		{machine{}, []string{"database: connection = mysql://u:p@h/d?frob=1"}, `argument "frob" is not known`},
		{machine{}, []string{"database: connection = mysql://u:p@h/d?init_command=x"}, "argument init_command is not supported"},
		{machine{}, []string{"database: connection = mysql://u:p@h/d?read_default_file=x"}, "must be an absolute path"},
		{machine{}, []string{"database: connection = mysql://u:p@h1,h2/d"}, "write one host"},
		{machine{}, []string{"database: connection = mysql://u:p@h"}, "name of the database is missing"},
		{machine{}, []string{"database: connection = mysql://u:pa$word@h/d"}, "the name of no option"},
		{machine{}, []string{"database: connection = mysql://u:p@h/d?charset=utf8", "database: connection_parameters = charset=latin1"}, "argument charset is in the URL"},
		{machine{}, []string{"database: connection_parameters = connect_timeout=a@b"}, "write %40"},
		{machine{}, []string{"database: backend = x"}, "backend must be sqlalchemy"},
		{machine{}, []string{"paste_deploy: -flavor"}, "WITHOUT_FLAVOR=everyone-is-admin"},
		{machine{}, []string{"paste_deploy: flavor = caching"}, "no [pipeline:glance-registry-caching]"},
		{env(envUnauthenticated, "yes"), []string{"paste_deploy: -flavor"}, `"yes" is not understood`},
		{machine{}, []string{"paste_deploy: flavor = trusted-auth"}, "GLANCE_REGISTRY_TRUSTED_FROM=10.20.0.11"},
		{machine{}, []string{"paste filter:context: paste.filter_factory = cloud.x:Y.factory"}, "[filter:context], made by cloud.x:Y.factory"},
		{machine{}, []string{"paste filter:healthcheck: paste.filter_factory = oslo_middleware:Odd.factory"}, "[filter:healthcheck], made by oslo_middleware:Odd.factory"},
		{machine{}, []string{"paste app:registryapp: paste.app_factory = glance.api.v2:API.factory"}, "which is not the registry"},
		{machine{}, []string{"paste pipeline:glance-registry-keystone: pipeline = authtoken registryapp"}, "nothing says who is calling"},
		{machine{}, []string{"paste pipeline:glance-registry-keystone: pipeline = context authtoken registryapp"}, "must stand in front of context"},
		{machine{}, []string{"paste pipeline:glance-registry-keystone: pipeline = context registryapp"},
			`the flavor "keystone" in /etc/glance/glance-registry-paste.ini has no filter authtoken`},
		{machine{}, []string{"paste pipeline:glance-registry-keystone: pipeline = unauthenticated-context registryapp"},
			`in the pipeline of the flavor "keystone" in /etc/glance/glance-registry-paste.ini there is no authentication`},
		{machine{}, []string{"paste filter:authtoken: oslo_config_file = /x"}, "oslo_config_file reads the options from somewhere else"},
		{machine{}, []string{"paste filter:authtoken: use = egg:x#y"}, "--allow-unknown-filters=authtoken"},
		{machine{}, []string{"paste filter:authtoken: use = config:other.ini"}, "outside of this file"},
		{env(EnvLegacyTLS, "maybe"), nil, "write on or off"},
		{machine{}, []string{"paste filter:authtoken: admin_password = a%%b", "keystone_authtoken: -auth_type"}, "Python 2 and Python 3"},
		{machine{}, []string{"keystone_authtoken: -auth_type"}, "add: auth_type = password"},
		{machine{}, []string{"keystone_authtoken: -auth_type", "keystone_authtoken: -auth_url", "keystone_authtoken: -username", "keystone_authtoken: -password"}, "no Keystone credentials found"},
		{machine{}, []string{"keystone_authtoken: password = %SERVICE_PASSWORD%"}, "password is missing"},
		{machine{}, []string{"keystone_authtoken: auth_type = v3totp"}, `"v3totp" is not supported`},
		{machine{}, []string{"keystone_authtoken: auth_type = none"}, `"none" is not supported`},
		{machine{}, []string{"keystone_authtoken: auth_type = admin_token"}, `"admin_token" is not supported`},
		{machine{}, []string{"keystone_authtoken: auth_type = v3password", "keystone_authtoken: -user_domain_name", "keystone_authtoken: -project_domain_name"}, "user_domain_name is missing"},
		{machine{}, []string{"keystone_authtoken: -project_name"}, "project_name is missing"},
		{machine{}, []string{"keystone_authtoken: trust_id = x"}, "trust_id is not supported"},
		{machine{}, []string{"keystone_authtoken: system_scope = all"}, "system_scope is not supported"},
		{machine{}, []string{"keystone_authtoken: enforce_token_bind = required"}, "bound to something"},
		{machine{}, []string{"keystone_authtoken: service_token_roles = ,"}, "service_token_roles is empty"},
		{machine{}, []string{"keystone_authtoken: auth_type = v3applicationcredential"}, "application_credential_secret is missing"},
		{machine{}, []string{"DEFAULT: cert_file = /x"}, "cert_file and key_file must both be set"},
		{machine{}, []string{"DEFAULT: cert_file = /x", "DEFAULT: key_file = /y"}, "/x: file does not exist"},
		{machine{}, []string{"DEFAULT: data_api = glance.db.simple.api"}, "data_api must be"},
		{machine{}, []string{"oslo_policy: policy_file = other.json"}, "other.json, which is not there"},
		{machine{policy: `{"default": ""}`}, nil, "everyone is an admin"},
		{machine{policy: `{"context_is_admin": "https://x"}`}, nil, "ask another server"},
		{machine{policy: `{`}, nil, "policy file /etc/glance/policy.json"},
		{machine{}, []string{"DEFAULT: enable_v1_registry = 0", "DEFAULT: enable_v2_registry = no"}, "nothing would be served"},
		{machine{}, []string{"DEFAULT: config_source = remote"}, "fetch the files"},
		{machine{}, []string{"DEFAULT: admin_role ="}, "admin_role is empty"},
		{machine{}, []string{"DEFAULT: admin_role = {env.X}"}, "braces"},
		{env(EnvRelease, "victoria"), nil, "victoria"},
		{env(EnvConfig, "/etc/glance/missing.conf"), nil, "/etc/glance/missing.conf"},
		// The reason may be a mistake.
		{machine{}, []string{"database: -connection", "database: conection = x"}, "is connection meant?"},
		{machine{}, []string{"database: -connection", "default: sql_connection = x"}, "[default] is not [DEFAULT]"},
	} {
		_, _, err := c.read(c.changes...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.changes, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: the error has the password: %v", c.changes, err)
		}
	}
}

// What is not carried over, and said (registry-config.md, 13). Nothing else is.
func TestWarns(t *testing.T) {
	for _, c := range []struct {
		machine
		changes []string
		want    string // empty: no warning
	}{
		{machine{}, []string{"database: slave_connection = mysql://u:s3cret@h/d"}, "Glance never used it"},
		{machine{}, []string{"database: connection = mysql+pymysql://u:s3cret@h/d?ssl_cipher=x"}, "does not choose the cipher"},
		{env(EnvTrustedFrom, "0.0.0.0/0"), []string{"paste_deploy: flavor = trusted-auth"}, "from everybody who can connect"},
		{machine{}, []string{"DEFAULT: use_ssl = true"}, "is no option of glance-registry"},
		{machine{}, []string{"DEFAULT: ca_file = /x"}, "no effect without cert_file"},
		{machine{}, []string{"DEFAULT: allow_anonymous_access = true"}, "no effect without delay_auth_decision"},
		{machine{}, []string{"DEFAULT: allow_anonymous_access = true", "keystone_authtoken: delay_auth_decision = true"}, ""},
		{machine{}, []string{"keystone_authtoken: insecure = true"}, "certificate is not verified"},
		{machine{}, []string{"keystone_authtoken: auth_version = v2.0"}, "v2.0 is gone"},
		{machine{}, []string{"keystone_authtoken: auth_version = v3"}, ""},
		{machine{}, []string{"keystone_authtoken: -user_domain_name", "keystone_authtoken: -project_domain_name"}, "no domain is named"},
		{machine{}, []string{"keystone_authtoken: -project_name", "keystone_authtoken: tenant-name = x"}, ""},
		{machine{}, []string{"keystone_authtoken: project-id = x"}, "is project_id meant?"},
		{machine{}, []string{"keystone_authtoken: user-domain-id = x"}, "is user_domain_id meant?"},
		{machine{}, []string{"keystone_authtoken: memcached_servers = a:11211"}, "memcached"},
		{machine{}, []string{"keystone_authtoken: memcache_servers = a:11211"}, "memcached"},
		{machine{}, []string{"keystone_authtoken: memcached_servers ="}, ""},
		{machine{}, []string{"keystone_authtoken: signing_dir = /x"}, "PKI"},
		{machine{}, []string{"keystone_authtoken: region_name = r"}, "auth_url"},
		{machine{}, []string{"keystone_authtoken: service_type = image"}, "access rules"},
		{machine{}, []string{"keystone_authtoken: token_cache_time = 3600"}, "300 seconds"},
		{machine{}, []string{"DEFAULT: verbose = true"}, "but files with verbose are of mitaka, newton or ocata. Set GLANCE_REGISTRY_RELEASE"},
		{env(EnvRelease, "ocata"), []string{"DEFAULT: verbose = true"}, ""},
		{machine{}, []string{"database: connection = mysql+pymysql://u:s3cret@h/d?plugin=dbcounter&program_name=x&autocommit=1&max_allowed_packet=1&collation=c"}, "argument plugin has no effect"},
		{machine{}, []string{"database: connection = mysql+pymysql://u:s3cret@h/d?read_default_file=/missing"}, "there is no /missing"},
		{machine{}, []string{"profiler: enabled = true"}, "no profiler"},
		{machine{}, []string{"profiler: enabled = false"}, ""},
		{machine{}, []string{"paste filter:x: paste.filter_factory = keystonemiddleware.audit:filter_factory",
			"paste pipeline:glance-registry-keystone: pipeline = healthcheck authtoken context x registryapp"}, "audit events"},
		{machine{}, []string{"paste filter:x: paste.filter_factory = oslo_middleware.cors:filter_factory",
			"paste pipeline:glance-registry-keystone: pipeline = x healthcheck authtoken context registryapp"}, "[filter:x] is left out"},
		{machine{}, []string{"paste filter:x: paste.filter_factory = oslo_middleware.request_id:RequestId.factory",
			"paste pipeline:glance-registry-keystone: pipeline = x healthcheck authtoken context registryapp"}, ""},
		{machine{}, []string{"paste filter:healthcheck: detailed = True"}, "no details"},
		{machine{}, []string{"paste filter:authtoken: signing_dir = /x"}, "PKI"},
		{machine{}, []string{"DEFAULT: log_config_append = /x"}, "Python's logging"},
		{machine{}, []string{"DEFAULT: logging_default_format_string = %(message)s"}, "log format"},
		{machine{}, []string{"DEFAULT: use_syslog = true"}, "service manager"},
		{machine{}, []string{"default: debug = true"}, "is not [DEFAULT]"},
		{machine{}, []string{" DEFAULT : debug = true"}, "is not [DEFAULT]"},
		{machine{}, []string{"DEFAULT: admin_role = admin ; x"}, `it is read as "admin ; x"`},
		{machine{}, []string{"keystone_authtoken: password = s3cret #1"}, "there are no comments behind values"},
		{machine{}, []string{"DEFAULT: workers = 4 # x"}, ""},
		{machine{}, []string{"DEFAULT: woerkers = 4"}, "is workers meant?"},
		{machine{}, []string{"DEFAULT: Bind_Host = 10.0.0.1"}, "is bind_host meant?"},
		{machine{}, []string{"DEFAULT: sql_connection = mysql://u:s3cret@h/d"}, ""}, // the new name counts
		{machine{}, []string{"DEFAULT: admin_role = boss"}, "does not replace the role admin"},
		{machine{}, []string{"DEFAULT: allowed_rpc_exception_modules = a.b"}, "exceptions"},
		{machine{}, []string{"DEFAULT: allowed_rpc_exception_modules = glance.common.exception, builtins, exceptions"}, ""},
		{machine{}, []string{"database: connection_debug = 100"}, "audit trail"},
		{machine{}, []string{"database: connection_debug = 10"}, ""},
		{machine{}, []string{"database: connection = mysql://u:s3cret@h/d"}, "driver mysql is treated"},
		{machine{}, []string{"database: connection = mysql+oursql://u:s3cret@h/d"}, "is treated as mysql"},
		{machine{}, []string{"database: connection = postgresql://u@h/d"}, "no password"},
		{machine{}, []string{"database: connection = sqlite:///x"}, "folder in which the gateway is started"},
		{machine{}, []string{"DEFAULT: pydev_worker_debug_host = h"}, "debugger"},
		{machine{policy: `{"context_is_admin": "role:admin"}`}, nil, "reload after a change"},
		{machine{policy: `{"context_is_admin": "role:admin or tenant:x"}`}, nil, "write project_id:x"},
		{env(EnvTrustedFrom, "10.20.0.0/24"), []string{"paste_deploy: flavor = trusted-auth"}, "from 10.20.0.0/24 only"},
		{machine{}, []string{"paste_deploy: flavor = trusted-auth", "DEFAULT: bind_host = ::1"}, "from this host"},
		{env(envUnauthenticated, everyoneIsAdmin), []string{"paste_deploy: -flavor"}, "there is no authentication"},
		// Ignored, and silently.
		{machine{}, []string{"DEFAULT: workers = 0", "DEFAULT: backlog = x", "DEFAULT: registry_host = h",
			"oslo_messaging_rabbit: rabbit_host = h", "glance_store: stores = file", "keystone_authtoken: memcache_secret_key = k",
			"DEFAULT: metadata_encryption_key = 0123456789abcdef", "DEFAULT: user_storage_quota = 1", "x: y = z"}, ""},
	} {
		_, findings, err := c.read(c.changes...)
		if err != nil {
			t.Errorf("%q: %v", c.changes, err)
			continue
		}
		var lines []string
		for _, f := range Warnings(findings) {
			lines = append(lines, f.String())
		}
		got := strings.Join(lines, "\n")
		if c.want == "" && got != "" || c.want != "" && !strings.Contains(got, c.want) {
			t.Errorf("%q: warned %q, want %q", c.changes, got, c.want)
		}
		if strings.Contains(got, "s3cret") {
			t.Errorf("%q: a warning has the password: %q", c.changes, got)
		}
	}
}

// The mode of MySQL counts also where it is empty, and for MySQL only.
func TestSQLMode(t *testing.T) {
	for _, c := range []struct {
		changes []string
		want    string // in the Caddyfile; empty: no mode
	}{
		{nil, ""},
		{[]string{"database: mysql_sql_mode = TRADITIONAL"}, ""},
		{[]string{"database: mysql_sql_mode ="}, "sql_mode ``"},
		{[]string{"database: mysql_sql_mode = ANSI,STRICT_ALL_TABLES"}, "sql_mode ANSI,STRICT_ALL_TABLES"},
		{[]string{"database: mysql_sql_mode = ANSI", "database: connection = postgresql://u@h/d"}, ""},
	} {
		settings, _, err := machine{}.read(c.changes...)
		if err != nil {
			t.Errorf("%q: %v", c.changes, err)
			continue
		}
		text := settings.Caddyfile(nil)
		if c.want == "" && strings.Contains(text, "sql_mode") || !strings.Contains(text, c.want) {
			t.Errorf("%q: want %q in\n%s", c.changes, c.want, text)
		}
	}
}
