package dburl

import (
	"fmt"
	"strings"
	"testing"
)

// serversOf are all servers of a URL, in the order in which they are tried.
func serversOf(t *testing.T, text string) string {
	t.Helper()
	u, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if _, err := u.CheckArguments(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	pool, _, err := u.PostgreSQLConfig()
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if several := strings.Contains(text, "target_session_attrs"); several != (pool.ConnConfig.ValidateConnect != nil) {
		t.Errorf("%s: target_session_attrs counts: %v", text, !several)
	}
	list := fmt.Sprintf("%s:%d", pool.ConnConfig.Host, pool.ConnConfig.Port)
	for _, f := range pool.ConnConfig.Fallbacks {
		list += fmt.Sprintf(" %s:%d", f.Host, f.Port)
	}
	return list
}

func TestPostgreSQLHosts(t *testing.T) {
	withoutEnvironment(t)
	for arguments, want := range map[string]string{
		"h1,h2/g?target_session_attrs=read-write": "h1:5432 h2:5432",
		"h1,h2:5433/g?":                  "h1:5433 h2:5433",
		"/g?host=a&host=b&host=c":        "a:5432 b:5432 c:5432",
		"/g?host=a:1&host=b:2&host=c":    "a:1 b:2 c:5432",
		"/g?host=a%3A1&host=b%3A2":       "a:1 b:2",
		"/g?host=a:1":                    "a:1",
		"/g?host=a:1,b:2":                "a:1 b:2",
		"/g?host=a,b&port=1,2":           "a:1 b:2",
		"/g?host=a,b&port=1":             "a:1 b:1",
		"/g?host=a&host=b&port=1&port=2": "a:1 b:2",
		"/g?host=a&host=b&port=1":        "a:1 b:1",
		"h:7/g?host=a&host=b":            "a:7 b:7",
		"h:7/g?host=a:1&host=b":          "a:1 b:7",
		"h:7/g?port=1":                   "h:1",
		"/g?host=fd00::1&host=b":         "fd00::1:5432 b:5432",
		"/g?host=[fd00::1]:1&host=b":     "fd00::1:1 b:5432",
		"/g?host=/run/a:b&host=b:1":      "/run/a:b:5432 b:1",
		"/g?host=&host=b":                "b:5432",
	} {
		got := serversOf(t, "postgresql+psycopg2://u:p@"+arguments+"&sslmode=disable")
		if got != want {
			t.Errorf("%s: %s, want %s", arguments, got, want)
		}
	}
}

func TestPostgreSQLHostsRefused(t *testing.T) {
	for arguments, want := range map[string]string{
		"/g?host=a:1&host=b:2&port=3": "not in both",
		"/g?host=a:1&port=3":          "not in both",
		"/g?host=a,b,c&port=1,2":      "3 hosts and 2 ports",
		"h/g?port=1,2":                "1 hosts and 2 ports",
	} {
		u, err := Parse("postgresql://u:hunter2@" + arguments)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.CheckArguments(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q", arguments, err, want)
		}
		if _, _, err := u.PostgreSQLConfig(); err == nil {
			t.Errorf("%s is taken", arguments)
		}
	}
}

func TestLocationOfArguments(t *testing.T) {
	if a, b := locationOf(t, "postgresql://u:p@/g?host=a&host=b:5432"), locationOf(t, "postgresql://a,b:5432/g"); a != "postgresql a,b 5432,5432 g" || b != "postgresql a,b 5432 g" {
		t.Errorf("%s, %s", a, b)
	}
	for a, b := range map[string]string{
		"postgresql:///g?host=/run/a":     "postgresql:///g?host=/run/b",
		"postgresql:///g?port=1":          "postgresql:///g?port=2",
		"mysql:///g?unix_socket=/run/a":   "mysql:///g?unix_socket=/run/b",
		"mysql:///g?unix_socket=/run/a#1": "mysql:///g",
	} {
		if locationOf(t, a) == locationOf(t, b) {
			t.Errorf("%s and %s are both at %q", a, b, locationOf(t, a))
		}
	}
}
