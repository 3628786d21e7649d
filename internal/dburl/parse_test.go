package dburl

import (
	"reflect"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

func secret(s string) *string { return &s }

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want URL
	}{
		// registry-config.md, 6.2
		{"mysql+pymysql://glance:p%40ss@db/glance", URL{User: "glance", password: secret("p@ss"), Host: "db", Database: "glance"}},
		{"mysql+pymysql://glance:p@ss@db/glance", URL{User: "glance", password: secret("p@ss"), Host: "db", Database: "glance"}},
		{"mysql+pymysql://u:a/b?c#d@db:3306/g?charset=utf8", URL{
			User: "u", password: secret("a/b?c#d"), Host: "db", Port: "3306", Database: "g", Query: map[string]string{"charset": "utf8"},
		}},
		{"mysql+pymysql://u:p+q@h/db", URL{User: "u", password: secret("p+q"), Host: "h", Database: "db"}},
		{"mysql+pymysql://u:p%@h/db", URL{User: "u", password: secret("p%"), Host: "h", Database: "db"}},
		{"mysql+pymysql://u%40d:p@h/db", URL{User: "u@d", password: secret("p"), Host: "h", Database: "db"}},
		{"mysql+pymysql://u:p@[fd00::1]:3306/g", URL{User: "u", password: secret("p"), Host: "fd00::1", Port: "3306", Database: "g"}},
		{"mysql+pymysql://u:p@h/g?x=a@b", URL{User: "u", password: secret("p@h/g?x=a"), Host: "b"}},
		{"mysql+pymysql://u@h/g?x=a@b", URL{User: "u", Host: "h", Database: "g", Query: map[string]string{"x": "a@b"}}},
		{"mysql+pymysql://u:p@/g?unix_socket=/run/m.sock", URL{
			User: "u", password: secret("p"), Database: "g", Query: map[string]string{"unix_socket": "/run/m.sock"},
		}},
		{"mysql+pymysql:///g?read_default_file=/etc/glance/my.cnf", URL{
			Database: "g", Query: map[string]string{"read_default_file": "/etc/glance/my.cnf"},
		}},
		{"mysql://u:@h/g", URL{Driver: "mysql", User: "u", password: secret(""), Host: "h", Database: "g"}},
		{"sqlite:////var/lib/glance/glance.sqlite", URL{Driver: "sqlite", Dialect: SQLite, Database: "/var/lib/glance/glance.sqlite"}},
		{"sqlite:///glance.sqlite", URL{Driver: "sqlite", Dialect: SQLite, Database: "glance.sqlite"}},
		{"sqlite://", URL{Driver: "sqlite", Dialect: SQLite}},

		// the rest of the rules there
		{"mysql+pymysql://u:p%h%4g%@h/db", URL{User: "u", password: secret("p%h%4g%"), Host: "h", Database: "db"}},
		{"mysql+pymysql://u+x:p%2Fq%2fr@h/d%41+b", URL{User: "u+x", password: secret("p/q/r"), Host: "h", Database: "d%41+b"}},
		{"mysql+pymysql://a@b@h/g", URL{User: "a@b", Host: "h", Database: "g"}},
		{"mysql+pymysql://u@h:3306/g", URL{User: "u", Host: "h", Port: "3306", Database: "g"}},
		{"mysql+pymysql://h:3306/g@x", URL{User: "h", password: secret("3306/g"), Host: "x"}},
		{"mysql+pymysql://:p@h/g", URL{password: secret("p"), Host: "h", Database: "g"}},
		{"mysql+pymysql://h:0080/", URL{Host: "h", Port: "80"}},
		{"mysql+pymysql:///g:x@y", URL{Database: "g:x@y"}},
		{"mysql+pymysql://h/a/b?c=d/e", URL{Host: "h", Database: "a/b", Query: map[string]string{"c": "d/e"}}},
		{"postgresql://u:p@h1,h2/g?a=1&a=2&b=&b&=x&c=x+y%20z&d%20=1=2", URL{
			Driver: "postgresql", Dialect: PostgreSQL, User: "u", password: secret("p"), Host: "h1,h2", Database: "g",
			Query: map[string]string{"a": "2", "": "x", "c": "x y z", "d ": "1=2"},
		}},
		{"postgresql://h/g?a=1&a=", URL{Driver: "postgresql", Dialect: PostgreSQL, Host: "h", Database: "g", Query: map[string]string{"a": "1"}}},
		{"postgres://h/g\r\n", URL{Driver: "postgres", Dialect: PostgreSQL, Host: "h", Database: "g"}},
	}
	for _, tt := range tests {
		if tt.want.Driver == "" {
			tt.want.Driver = "mysql+pymysql"
		}
		if tt.want.Dialect == "" {
			tt.want.Dialect = MySQL
		}
		if tt.want.Query == nil {
			tt.want.Query = map[string]string{}
		}
		got, err := Parse(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		if !reflect.DeepEqual(*got, tt.want) {
			password, has := got.Password()
			t.Errorf("%q:\n got %v, password %q (%v), query %q\nwant %v", tt.text, got, password, has, got.Query, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const form = "must begin with a driver"
	tests := []struct{ text, want string }{
		{"", form},
		{"mysql:/u:hunter2@h/g", form},
		{" mysql://u:hunter2@h/g", form},
		{"my sql://u:hunter2@h/g", form},
		{"u:hunter2@mysql://h/g", form},
		{"://u:hunter2@h/g", form},
		{"mssql://u:hunter2@h/g", `"mssql" is not supported`},
		{"MySQL://u:hunter2@h/g", "lower case"},
		{"mysql+://u:hunter2@h/g", "not supported"},
		{"postgresql+asyncpg://u:hunter2@h/g", "not supported"},
		{"sqlite+pysqlcipher://:hunter2@/g", "not supported"},
		{"mysql+pymysql://u:hunter2@h:/g", "port"},
		{"mysql+pymysql://u:hunter2@h:x/g", "port"},
		{"mysql+pymysql://u:hunter2@h:33g", "port"},
		{"mysql+pymysql://u:hunter2@h:-1/g", "port"},
		{"mysql+pymysql://u:hunter2@h:0/g", "port"},
		{"mysql+pymysql://u:hunter2@h:65536/g", "port"},
		{"mysql+pymysql://u:hunter2", "user:password@host"},
		{"mysql+pymysql://u:hunter2/g", "user:password@host"},
		{"mysql+pymysql://u:hunter2@[::1/", "IPv6"},
		{"mysql+pymysql://u:hunter2@[h]/", "IPv6"},
		{"mysql+pymysql://u:hunter2@[::1]x/g", "slash"},
		{"mysql+pymysql://u:hunter2@h?charset=utf8", "slash"},
		{"mysql+pymysql://u:hunter2@h/g?charset=utf8?ssl_ca=/x", "second question mark"},
		{"mysql+pymysql://u:hun\nter2@h/g", "line"},
		{"mysql+pymysql://u:hunter2@h/g\x00", "control"},
	}
	for _, tt := range tests {
		u, err := Parse(tt.text)
		switch {
		case err == nil:
			t.Errorf("%q is taken as %v", tt.text, u)
		case !strings.Contains(err.Error(), tt.want):
			t.Errorf("%q: %v, which does not say %q", tt.text, err, tt.want)
		case strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%q: the password is in %v", tt.text, err)
		}
	}
}

func TestEveryDriverHasARule(t *testing.T) {
	for driver := range rare {
		if drivers[driver] == "" {
			t.Errorf("%s is rare, but unknown", driver)
		}
	}
	for driver, dialect := range drivers {
		u, err := Parse(driver + "://u:p@h/g")
		if err != nil || u.Dialect != dialect {
			t.Errorf("%s: %v, %v", driver, u, err)
			continue
		}
		if got := len(u.driverWarning()) > 0; got != rare[driver] {
			t.Errorf("%s: warning %v", driver, got)
		}
	}
}

func TestCutPassword(t *testing.T) {
	for text, want := range map[string]string{
		"mysql://glance:p%40ss@db/glance":   "p%40ss",
		"mysql://u:a/b?c#d@db:3306/g":       "a/b?c#d",
		"mysql://u:p@h/g?x=a@b":             "p@h/g?x=a",
		"mysql://u:@h/g":                    "",
		"mysql://u@h/g?x=a@b":               "-",
		"mysql://h:3306/g":                  "-",
		"sqlite:////var/lib/glance/x":       "-",
		"nothing":                           "-",
		"postgresql://u:p@/g?host=/var/run": "p",
	} {
		before, password, after, found := CutPassword(text)
		if before+password+after != text || found != (want != "-") || found && password != want {
			t.Errorf("%s: %q %q %q %v", text, before, password, after, found)
		}
	}
}

func FuzzParse(f *testing.F) {
	const marker = "Xy7PasswordQz"
	for _, s := range []string{
		"mysql+pymysql://u:a/b?c#d@db:3306/g?charset=utf8", "postgresql://u@h/g?x=a@b", "sqlite:////x",
		"mysql://u:p@[fd00::1]:3306/g", "db/glance?unix_socket=/x", ":x/g", "[::1/g",
	} {
		f.Add(s, "a@:/?#%25")
	}
	f.Fuzz(func(t *testing.T, text, more string) {
		defer kit.Cheap(t, len(text)+len(more))()
		if strings.Contains(text, marker) {
			return // it may be quoted when it stands elsewhere
		}
		for _, s := range []string{text, "mysql://u:" + marker + more + "@" + text, "postgresql://u:" + marker + more + "@" + text} {
			before, encoded, after, cut := CutPassword(s)
			if before+encoded+after != s {
				t.Fatalf("%q is cut into %q, %q and %q", s, before, encoded, after)
			}
			u, err := Parse(s)
			if err != nil {
				if strings.Contains(err.Error(), marker) {
					t.Fatalf("the password is in %q", err)
				}
				continue
			}
			if password, has := u.Password(); has != cut || password != unquote(encoded) {
				t.Fatalf("%q: the password is %q, cut %q", s, password, encoded)
			}
			for _, name := range []string{"ssl_ca", "ssl_capath", "ssl_cert", "ssl_key", "sslrootcert", "sslcert", "sslkey"} {
				delete(u.Query, name) // no file that a fuzzer names is to be read
			}
			_, mysqlWarnings, mysqlErr := u.MySQLConfig()
			pool, postgreSQLWarnings, postgreSQLErr := u.PostgreSQLConfig()
			_, sqliteErr := u.SQLitePath()
			for _, said := range []any{u, mysqlWarnings, mysqlErr, postgreSQLWarnings, postgreSQLErr, sqliteErr} {
				if strings.Contains(render(said), marker) {
					t.Fatalf("the password is in %v", said)
				}
			}
			// What the driver is given is what the URL says: nothing breaks out
			// of its setting.
			if postgreSQLErr == nil {
				c := pool.ConnConfig
				if u.User != "" && c.User != u.User || u.Database != "" && c.Database != u.Database {
					t.Fatalf("user %q, database %q of %q", c.User, c.Database, s)
				}
				if password, _ := u.Password(); password != "" && c.Password != password {
					t.Fatalf("password %q of %q", c.Password, s)
				}
			}
		}
	})
}
