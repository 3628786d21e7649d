package dburl

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glancegate/glancegate/integration/kit"
)

// withoutEnvironment keeps libpq's variables of the machine out of a test.
func withoutEnvironment(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGSSLMODE", "PGAPPNAME", "PGOPTIONS", "PGTZ",
		"PGSERVICE", "PGCONNECT_TIMEOUT", "PGTARGETSESSIONATTRS",
	} {
		t.Setenv(name, "")
	}
	t.Setenv("PGPASSFILE", "/dev/null")
}

func TestPostgreSQLConfig(t *testing.T) {
	withoutEnvironment(t)
	type want struct {
		user, password, host, database string
		port                           uint16
		tls                            bool
		timeout                        time.Duration
		parameters                     map[string]string // beside those that are always there
		warnings                       []string
	}
	const noPassword = "no password"
	tests := []struct {
		text string
		want want
	}{
		{"postgresql://u:p@h/g?sslmode=disable", want{user: "u", password: "p", host: "h", database: "g"}},
		{"postgresql+psycopg2://u:p@h:5433/g", want{user: "u", password: "p", host: "h", port: 5433, database: "g", tls: true}},
		{
			`postgresql://u%20's\:p'\ host=evil@h/g's\ x?sslmode=disable&application_name=a%20'b\&connect_timeout=4`,
			want{
				user: `u 's\`, password: `p'\ host=evil`, host: "h", database: `g's\ x`, timeout: 4 * time.Second,
				parameters: map[string]string{"application_name": `a 'b\`},
			},
		},
		{"postgresql://u:p@[fd00::1]/g?sslmode=require", want{user: "u", password: "p", host: "fd00::1", database: "g", tls: true}},
		{"postgresql://u:p@/g?host=/run/postgresql", want{user: "u", password: "p", host: "/run/postgresql", database: "g"}},
		{"postgresql://u:p@h:1/g?host=/run/postgresql&port=2", want{user: "u", password: "p", host: "/run/postgresql", port: 2, database: "g"}},
		{"postgresql://u:p@h1,h2/g?sslmode=disable&target_session_attrs=read-write", want{user: "u", password: "p", host: "h1", database: "g"}},
		{
			"postgresql://u:p@h/g?sslmode=disable&options=-c%20statement_timeout%3D5s&client_encoding=latin1",
			want{
				user: "u", password: "p", host: "h", database: "g",
				parameters: map[string]string{"options": "-c statement_timeout=5s"},
			},
		},
		{"postgresql://u@h/g?sslmode=disable", want{user: "u", host: "h", database: "g", warnings: []string{noPassword}}},
		{"postgresql://u:@h/g?sslmode=disable", want{user: "u", host: "h", database: "g", warnings: []string{noPassword}}},
		{
			"postgresql+pg8000://u:p@h/g?sslmode=disable&keepalives_idle=30&keepalives=1",
			want{
				user: "u", password: "p", host: "h", database: "g",
				warnings: []string{"pg8000", "keepalives", "keepalives_idle"},
			},
		},
	}
	for _, tt := range tests {
		u, err := Parse(tt.text)
		if err != nil {
			t.Fatalf("%s: %v", tt.text, err)
		}
		pool, warnings, err := u.PostgreSQLConfig()
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if tt.want.port == 0 {
			tt.want.port = 5432
		}
		if tt.want.timeout == 0 {
			tt.want.timeout = 5 * time.Second
		}
		c := pool.ConnConfig
		if c.User != tt.want.user || c.Password != tt.want.password || c.Host != tt.want.host || c.Port != tt.want.port ||
			c.Database != tt.want.database || (c.TLSConfig != nil) != tt.want.tls || c.ConnectTimeout != tt.want.timeout {
			t.Errorf("%s: user %q, password %q, host %q, port %d, database %q, TLS %v, timeout %v",
				tt.text, c.User, c.Password, c.Host, c.Port, c.Database, c.TLSConfig != nil, c.ConnectTimeout)
		}
		for name, want := range map[string]string{"timezone": "UTC", "client_encoding": "UTF8"} {
			if got := c.RuntimeParams[name]; got != want {
				t.Errorf("%s: %s is %q", tt.text, name, got)
			}
		}
		for name, want := range tt.want.parameters {
			if got := c.RuntimeParams[name]; got != want {
				t.Errorf("%s: %s is %q, want %q", tt.text, name, got, want)
			}
		}
		if len(warnings) != len(tt.want.warnings) {
			t.Errorf("%s: warnings %q", tt.text, warnings)
			continue
		}
		for i, want := range tt.want.warnings {
			if !strings.Contains(warnings[i], want) {
				t.Errorf("%s: warning %q, want %q", tt.text, warnings[i], want)
			}
		}
	}
}

func TestPostgreSQLTLS(t *testing.T) {
	withoutEnvironment(t)
	ours, others := kit.NewAuthority(t), kit.NewAuthority(t)
	good, bad, client := ours.Issue(t, "db.example"), others.Issue(t, "db.example"), ours.Issue(t, "client")
	u, err := Parse("postgresql://u:p@db.example/g?sslmode=verify-full&sslrootcert=" + ours.CertFile + "&sslcert=" + client.CertFile + "&sslkey=" + client.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	pool, _, err := u.PostgreSQLConfig()
	if err != nil {
		t.Fatal(err)
	}
	if shown, err := handshake(t, pool.ConnConfig.TLSConfig, good); err != nil || len(shown) != 1 {
		t.Errorf("%d certificates shown, %v", len(shown), err)
	}
	if _, err := handshake(t, pool.ConnConfig.TLSConfig, bad); err == nil {
		t.Error("a certificate of another authority is accepted")
	}
}

func TestPostgreSQLEnvironment(t *testing.T) {
	withoutEnvironment(t)
	t.Setenv("PGPASSWORD", "from the environment")
	t.Setenv("PGTZ", "Europe/Berlin")
	for text, want := range map[string]string{
		"postgresql://u@h/g":   "from the environment",
		"postgresql://u:p@h/g": "p",
	} {
		u, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		pool, _, err := u.PostgreSQLConfig()
		if err != nil {
			t.Fatal(err)
		}
		if c := pool.ConnConfig; c.Password != want || c.RuntimeParams["timezone"] != "UTC" {
			t.Errorf("%s: password %q, time zone %q", text, c.Password, c.RuntimeParams["timezone"])
		}
	}
}

func TestPostgreSQLRefuses(t *testing.T) {
	withoutEnvironment(t)
	for query, want := range map[string]string{
		"foo=hunter3":                  `"foo" is not known`,
		"pool_max_conns=3":             "not known",
		"search_path=x":                "not known",
		"password=hunter3":             "before the host",
		"user=hunter3":                 "before the host",
		"dbname=x":                     "after the host",
		"passfile=/x":                  "PGPASSFILE",
		"sslcrl=/x":                    "revoked",
		"sslpassword=hunter3":          "sslpassword",
		"sslmode=sometimes":            "sslmode",
		"connect_timeout=x":            "connect_timeout",
		"target_session_attrs=x":       "target_session_attrs",
		"sslmode=require&sslcert=/x/y": "sslcert",
		"port=x":                       "port",
	} {
		u, err := Parse("postgresql://u:hunter2@h/g?" + query)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = u.PostgreSQLConfig()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%s: %v, want %q and no secret", query, err, want)
		}
	}
}

func TestShorten(t *testing.T) {
	_, err := pgconn.ParseConfig("host=elsewhere sslmode=sometimes")
	if err == nil || !strings.Contains(err.Error(), "elsewhere") {
		t.Fatalf("%v does not quote the string; shorten has become needless", err)
	}
	if got := shorten(err).Error(); strings.Contains(got, "elsewhere") || !strings.Contains(got, "sslmode") {
		t.Error(got)
	}
}
