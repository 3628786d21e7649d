package dburl

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

func mysqlConfig(t *testing.T, text string) (*mysql.Config, []string) {
	t.Helper()
	u, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	c, warnings, err := u.MySQLConfig()
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c, warnings
}

func TestMySQLConfig(t *testing.T) {
	tests := []struct {
		text string
		want func(*mysql.Config) // what differs from mysql://u:p@h/g
	}{
		{"mysql+pymysql://u:p@h/g", func(*mysql.Config) {}},
		{"mysql+pymysql://u:p%40@h:3307/g", func(c *mysql.Config) { c.Passwd, c.Addr = "p@", "h:3307" }},
		{"mysql+pymysql://u:p@[fd00::1]/g", func(c *mysql.Config) { c.Addr = "[fd00::1]:3306" }},
		{"mysql+pymysql:///g", func(c *mysql.Config) { c.User, c.Passwd, c.Addr = "", "", "localhost:3306" }},
		{"mysql+pymysql://u:p@h:1/a'%/b", func(c *mysql.Config) { c.Addr, c.DBName = "h:1", "a'%/b" }},
		{"mysql+pymysql://u:p@/g?unix_socket=/run/m.sock", func(c *mysql.Config) { c.Net, c.Addr = "unix", "/run/m.sock" }},
		{"mysql+pymysql://u:p@h/g?unix_socket=/run/m.sock", func(c *mysql.Config) { c.Net, c.Addr = "unix", "/run/m.sock" }},
		{"mysql+pymysql://u:p@h/g?connect_timeout=3&read_timeout=4&write_timeout=5", func(c *mysql.Config) {
			c.Timeout, c.ReadTimeout, c.WriteTimeout = 3*time.Second, 4*time.Second, 5*time.Second
		}},
		{"mysql+pymysql://u:p@h/g?charset=UTF8MB4", func(c *mysql.Config) { _ = c.Apply(mysql.Charset("utf8mb4", "")) }},
	}
	for _, tt := range tests {
		want := mysql.NewConfig()
		want.User, want.Passwd, want.Net, want.Addr, want.DBName = "u", "p", "tcp", "h:3306", "g"
		want.InterpolateParams, want.ClientFoundRows, want.Loc = true, true, time.UTC
		want.Params = map[string]string{"sql_mode": "'TRADITIONAL'", "time_zone": "'+00:00'"}
		want.Timeout = 5 * time.Second
		_ = want.Apply(mysql.Charset("utf8", ""))
		tt.want(want)
		got, warnings := mysqlConfig(t, tt.text)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.text, got, want)
		}
		if len(warnings) > 0 {
			t.Errorf("%s: %q", tt.text, warnings)
		}
		if got.MultiStatements || got.AllowAllFiles || got.AllowCleartextPasswords || got.AllowFallbackToPlaintext {
			t.Errorf("%s: unsafe settings in %+v", tt.text, got)
		}
		if _, err := mysql.NewConnector(got); err != nil {
			t.Errorf("%s: %v", tt.text, err)
		}
	}
}

func TestMySQLWarnings(t *testing.T) {
	_, got := mysqlConfig(t, "mysql+cymysql://u:p@h/g?use_unicode=0&charset=utf8&sql_mode=ANSI&bind_address=::")
	for i, part := range []string{"mysql+cymysql", "bind_address", "sql_mode", "use_unicode"} {
		if len(got) != 4 || !strings.Contains(got[i], part) {
			t.Fatalf("warnings %q, want one with %q", got, part)
		}
	}
}

func TestMySQLRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"mysql://u:hunter2@h":                                  "name of the database",
		"mysql://u:hunter2@h/?charset=utf8":                    "name of the database",
		"mysql://u:hunter2@h1,h2/g":                            "one host",
		"mysql://u:hunter2@h/g?foo=hunter3":                    `"foo" is not known`,
		"mysql://u:hunter2@h/g?password=hunter3":               "not known",
		"mysql://u:hunter2@h/g?charset=gbk":                    "charset must be utf8",
		"mysql://u:hunter2@h/g?charset=utf8,hunter3":           "charset must be utf8",
		"mysql://u:hunter2@h/g?init_command=hunter3":           "init_command is not supported",
		"mysql:///g?read_default_file=/hunter3":                "into the URL",
		"mysql:///g?read_default_group=hunter3":                "into the URL",
		"mysql://u:hunter2@h/g?connect_timeout=0":              "connect_timeout must be",
		"mysql://u:hunter2@h/g?read_timeout=NaN":               "read_timeout must be",
		"mysql://u:hunter2@h/g?write_timeout=1.5":              "write_timeout must be",
		"mysql://u:hunter2@h/g?write_timeout=-1":               "write_timeout must be",
		"mysql://u:hunter2@h/g?connect_timeout=99999999999999": "connect_timeout must be",
	} {
		u, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		_, _, err = u.MySQLConfig()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s: %v, want %q and no secret", text, err, want)
		}
	}
}
