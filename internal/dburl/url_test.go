package dburl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// render is everything that printing may say.
func render(v any) string {
	asJSON, _ := json.Marshal(v)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "v", v)
	return fmt.Sprintf("%v %+v %#v %s %q", v, v, v, v, v) + string(asJSON) + log.String()
}

func TestPasswordStaysInside(t *testing.T) {
	u, err := Parse("mysql://glance:hunter2@db/glance?ssl_key=hunter3")
	if err != nil {
		t.Fatal(err)
	}
	type inside struct {
		Exported   URL
		unexported URL
		pointer    *URL
	}
	for _, v := range []any{u, *u, []*URL{u}, map[string]URL{"": *u}, inside{*u, *u, u}, &inside{*u, *u, u}} {
		if text := render(v); strings.Contains(text, "hunter2") {
			t.Errorf("the password is in %s", text)
		}
	}
	for _, v := range []any{u, *u} {
		if text := render(v); strings.Contains(text, "hunter3") {
			t.Errorf("an argument is in %s", text)
		}
	}
	if password, ok := u.Password(); password != "hunter2" || !ok {
		t.Errorf("password %q, %v", password, ok)
	}
}

func TestLocation(t *testing.T) {
	for text, same := range map[string]string{
		"mysql+pymysql://u:p@h:3306/g?charset=utf8": "mysql://v@H/g",
		"postgresql://u@h/g":                        "postgresql+psycopg2://v:p@h:5432/g?sslmode=disable",
		"sqlite:////x":                              "sqlite:////x",
	} {
		if a, b := locationOf(t, text), locationOf(t, same); a != b {
			t.Errorf("%s is at %q, %s at %q", text, a, same, b)
		}
	}
	for text, other := range map[string]string{
		"mysql://h/g":       "postgresql://h/g",
		"mysql://h:3307/g":  "mysql://h/g",
		"postgresql://h/g":  "postgresql://h/G",
		"postgresql://h2/g": "postgresql://h/g",
		"sqlite:////x/g":    "sqlite:////g",
	} {
		if a, b := locationOf(t, text), locationOf(t, other); a == b {
			t.Errorf("%s and %s are both at %q", text, other, a)
		}
	}
}

func locationOf(t *testing.T, text string) string {
	t.Helper()
	u, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u.Location()
}

func TestRedacted(t *testing.T) {
	for text, want := range map[string]string{
		"mysql+pymysql://u:p@h:3306/g?charset=utf8": "mysql+pymysql://u:***@h:3306/g",
		"mysql://u:@h/g":               "mysql://u:***@h/g",
		"mysql://:p@h/g":               "mysql://:***@h/g",
		"mysql://u@h/g":                "mysql://u@h/g",
		"mysql://u:p@[fd00::1]:3306/g": "mysql://u:***@[fd00::1]:3306/g",
		"mysql:///g":                   "mysql:///g",
		"sqlite:////var/lib/x":         "sqlite:////var/lib/x",
	} {
		u, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Redacted(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
