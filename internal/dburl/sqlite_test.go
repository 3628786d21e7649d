package dburl

import (
	"strings"
	"testing"
)

func TestSQLitePath(t *testing.T) {
	for text, want := range map[string]string{
		"sqlite:////a/b":                "/a/b",
		"sqlite:///b":                   "b",
		"sqlite+pysqlite:///a/b.sqlite": "a/b.sqlite",
		"sqlite:////a/b%20c#d":          "/a/b%20c#d",
		"sqlite:////a/b?timeout=5&check_same_thread=False": "/a/b",
	} {
		u, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := u.SQLitePath(); err != nil || got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}

func TestSQLiteRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"sqlite://":                             "memory",
		"sqlite:///":                            "memory",
		"sqlite:///:memory:":                    "memory",
		"sqlite:///file::memory:?cache=shared":  `"cache" is not known`,
		"sqlite:///file:x?mode=memory":          `"mode" is not known`,
		"sqlite:///file:x?uri=true":             "uri is not supported",
		"sqlite://host/x":                       "no host",
		"sqlite://:1/x":                         "no host",
		"sqlite://u@/x":                         "no host",
		"sqlite://:hunter2@/x":                  "no host",
		"sqlite://var/lib/glance/glance.sqlite": "sqlite:////absolute/path",
	} {
		u, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if path, err := u.SQLitePath(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %q, %v, want %q", text, path, err, want)
		}
	}
}
