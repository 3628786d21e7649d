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
