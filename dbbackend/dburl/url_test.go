package dburl

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

type parts struct {
	user, password, host, port, database string
	query                                map[string]string
}

// TestParse has the rows of registry-config.md, 6.2.
func TestParse(t *testing.T) {
	for text, want := range map[string]parts{
		"mysql+pymysql://glance:p%40ss@db/glance":                   {"glance", "p@ss", "db", "", "glance", nil},
		"mysql+pymysql://glance:p@ss@db/glance":                     {"glance", "p@ss", "db", "", "glance", nil},
		"mysql+pymysql://u:a/b?c#d@db:3306/g?charset=utf8":          {"u", "a/b?c#d", "db", "3306", "g", map[string]string{"charset": "utf8"}},
		"mysql+pymysql://u:p+q@h/db":                                {"u", "p+q", "h", "", "db", nil},
		"mysql+pymysql://u:p%@h/db":                                 {"u", "p%", "h", "", "db", nil},
		"mysql+pymysql://u:p%h@h/db":                                {"u", "p%h", "h", "", "db", nil},
		"mysql+pymysql://u%40d:p@h/db":                              {"u@d", "p", "h", "", "db", nil},
		"mysql+pymysql://u:p@[fd00::1]:3306/g":                      {"u", "p", "fd00::1", "3306", "g", nil},
		"mysql+pymysql://u:p@h/g?x=a@b":                             {"u", "p@h/g?x=a", "b", "", "", nil},
		"mysql+pymysql://u@h/g?x=a@b":                               {"u", "", "h", "", "g", map[string]string{"x": "a@b"}},
		"mysql+pymysql://u:p@/g?unix_socket=/run/m.sock":            {"u", "p", "", "", "g", map[string]string{"unix_socket": "/run/m.sock"}},
		"mysql+pymysql:///g?read_default_file=/etc/glance/my.cnf":   {"", "", "", "", "g", map[string]string{"read_default_file": "/etc/glance/my.cnf"}},
		"mysql://u:@h/g":                                            {"u", "", "h", "", "g", nil},
		"sqlite:////var/lib/glance/glance.sqlite":                   {"", "", "", "", "/var/lib/glance/glance.sqlite", nil},
		"sqlite:///glance.sqlite":                                   {"", "", "", "", "glance.sqlite", nil},
		"sqlite://":                                                 {"", "", "", "", "", nil},
		"postgresql://u:p@h1,h2/g?a=1&a=2&b=&c=x+y%20z&sslmode=off": {"u", "p", "h1,h2", "", "g", map[string]string{"a": "2", "c": "x y z", "sslmode": "off"}},
		"postgres://u:p@h/g%41":                                     {"u", "p", "h", "", "g%41", nil},
	} {
		u, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if want.query == nil {
			want.query = map[string]string{}
		}
		got := parts{u.User, u.password, u.Host, u.Port, u.Database, u.Query}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", text, got, want)
		}
	}
}

func TestEmptyPassword(t *testing.T) {
	for text, want := range map[string]bool{"mysql://u:@h/g": true, "mysql://u:p@h/g": true, "mysql://u@h/g": false, "mysql://h/g": false} {
		u, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, has := u.Password(); has != want {
			t.Errorf("%s: has a password: %v", text, has)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "must begin with a driver",
		"mysql:/u:secret@h/g":            "must begin with a driver",
		" mysql://u:secret@h/g":          "must begin with a driver",
		"my sql://u:secret@h/g":          "must begin with a driver",
		"mssql://u:secret@h/g":           "not supported",
		"MySQL://u:secret@h/g":           "not supported",
		"mysql+pymysql://u:secret@h:/g":  "port",
		"mysql+pymysql://u:secret@h:x/g": "port",
		"mysql+pymysql://u:secret@[::1/": "bracket",
		"mysql://u:secret@h:33g":         "slash",
	} {
		u, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, %v", text, u, err)
		}
	}
}

func TestPasswordStaysInside(t *testing.T) {
	u, err := Parse("mysql://glance:hunter2@db/glance?ssl_key=hunter2")
	if err != nil {
		t.Fatal(err)
	}
	asJSON, _ := json.Marshal(u)
	for _, text := range []string{
		u.Redacted(), string(asJSON),
		fmt.Sprint(u), fmt.Sprintf("%v %+v %#v %s", u, u, u, u), fmt.Sprintf("%v %+v %#v", *u, *u, *u),
	} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("the password is in %s", text)
		}
	}
}

func TestMySQLConfig(t *testing.T) {
	u, _ := Parse("mysql+pymysql://u:p%40@h:3307/g?charset=utf8mb4&connect_timeout=3&use_unicode=1")
	c, warnings, err := u.MySQLConfig()
	if err != nil {
		t.Fatal(err)
	}
	if c.User != "u" || c.Passwd != "p@" || c.Addr != "h:3307" || c.DBName != "g" || c.Timeout != 3*time.Second ||
		!c.ClientFoundRows || !c.InterpolateParams || !c.ParseTime || c.Loc != time.UTC || c.TLS != nil {
		t.Errorf("%+v", c)
	}
	if c.Params["sql_mode"] != "'TRADITIONAL'" || len(warnings) != 1 {
		t.Errorf("%v, %v", c.Params, warnings)
	}
	u, _ = Parse("mysql://u@/g?unix_socket=/run/m.sock")
	if c, _, err = u.MySQLConfig(); err != nil || c.Net != "unix" || c.Addr != "/run/m.sock" {
		t.Errorf("%+v, %v", c, err)
	}
	for _, text := range []string{
		"mysql://u:p@h/g?foo=1", "mysql://u:p@h/g?connect_timeout=x", "mysql://u:p@h/", "mysql://u:p@h/g?ssl_cert=/a",
		"mysql://u:p@h/g?ssl_ca=/does/not/exist", "mysql://u:p@h/g?init_command=x", "mysql://u:p@h/g?read_default_file=/x",
	} {
		u, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := u.MySQLConfig(); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
	u, _ = Parse("mysql://u:p@h/g?ssl_cert=&ssl_capath=" + t.TempDir())
	if _, _, err := u.MySQLConfig(); err == nil || !strings.Contains(err.Error(), "no certificate") {
		t.Errorf("an empty folder of authorities: %v", err)
	}
}

func TestPostgreSQLConfig(t *testing.T) {
	u, _ := Parse(`postgresql+psycopg2://u%20s:p'\ w@h:5433/g?sslmode=disable&application_name=a%20b&connect_timeout=4&keepalives=1`)
	c, warnings, err := u.PostgreSQLConfig()
	if err != nil {
		t.Fatal(err)
	}
	p := c.ConnConfig
	if p.User != "u s" || p.Password != `p'\ w` || p.Host != "h" || p.Port != 5433 || p.Database != "g" || p.TLSConfig != nil ||
		p.ConnectTimeout != 4*time.Second || p.RuntimeParams["application_name"] != "a b" || p.RuntimeParams["timezone"] != "UTC" {
		t.Errorf("%+v", p)
	}
	if len(warnings) != 1 {
		t.Error(warnings)
	}
	u, _ = Parse("postgresql://u:p@/g?host=/var/run/postgresql")
	if c, _, err = u.PostgreSQLConfig(); err != nil || c.ConnConfig.Host != "/var/run/postgresql" {
		t.Errorf("%v", err)
	}
	for _, text := range []string{"postgresql://u:secret@h/g?foo=1", "postgresql://u:secret@h/g?sslmode=sometimes"} {
		u, _ := Parse(text)
		if _, _, err := u.PostgreSQLConfig(); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSQLitePath(t *testing.T) {
	for text, want := range map[string]string{
		"sqlite:////a/b": "/a/b", "sqlite:///b": "b", "sqlite+pysqlite:///b": "b",
		"sqlite://": "", "sqlite:///:memory:": "", "sqlite://host/x": "",
	} {
		u, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		path, err := u.SQLitePath()
		if path != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", text, path, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"mysql+pymysql://u:a/b?c#d@db:3306/g?charset=utf8", "postgresql://u@h/g?x=a@b", "sqlite:////x", "mysql://u:p@[fd00::1]:3306/g",
	} {
		f.Add(s, "secret")
	}
	f.Fuzz(func(t *testing.T, text, password string) {
		const marker = "Xy7PasswordQz"
		for _, s := range []string{text, "mysql://u:" + marker + password + "@" + text} {
			u, err := Parse(s)
			if err != nil {
				if strings.Contains(err.Error(), marker) {
					t.Fatalf("the password is in %v", err)
				}
				continue
			}
			for _, config := range []func() error{
				func() error { _, _, err := u.MySQLConfig(); return err },
				func() error { _, _, err := u.PostgreSQLConfig(); return err },
				func() error { _, err := u.SQLitePath(); return err },
			} {
				if err := config(); err != nil && u.hasPassword && strings.Contains(u.password, marker) && strings.Contains(err.Error(), marker) {
					t.Fatalf("the password is in %v", err)
				}
			}
		}
	})
}
