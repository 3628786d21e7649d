package osloconf

import (
	"slices"
	"strings"
	"testing"
)

var testOptions = []Option{
	{Name: Name{Default, "bind_host"}, Default: "0.0.0.0"},
	{Name: Name{Default, "bind_port"}, Type: Port},
	{Name: Name{Default, "workers"}, Type: Int},
	{Name: Name{Default, "debug"}, Type: Bool, Default: "false"},
	{Name: Name{Default, "admin_role"}, Default: "admin"},
	{Name: Name{Default, "loop"}},
	{Name: Name{"database", "connection"}, Old: []Name{{Default, "sql_connection"}, {"database", "sql_connection"}, {"sql", "connection"}}},
	{Name: Name{"database", "host"}},
	{Name: Name{"keystone_authtoken", "password"}},
	{Name: Name{"keystone_authtoken", "roles"}, Type: List, Default: "service"},
	{Name: Name{"oslo_policy", "policy_dirs"}, Type: Multi, Default: "policy.d", Old: []Name{{Default, "policy_dirs"}}},
}

func config(t *testing.T, files ...string) *Config {
	t.Helper()
	c := New(testOptions)
	for i, content := range files {
		entries, err := Parse("file"+string(rune('1'+i)), []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		c.Add(entries)
	}
	return c
}

func TestPrecedence(t *testing.T) {
	connection := Name{"database", "connection"}
	for _, c := range []struct {
		name  string
		files []string
		want  string
		place string
	}{
		{"last in a file", []string{"[database]\nconnection=a\nconnection=b"}, "b", "file1:3"},
		{"the section twice", []string{"[database]\nconnection=a\n[x]\n[database]\nconnection=b"}, "b", "file1:5"},
		{"later file", []string{"[database]\nconnection=a", "[database]\nconnection=b"}, "b", "file2:2"},
		{"newer name", []string{"[database]\nconnection=a\n[DEFAULT]\nsql_connection=b"}, "a", "file1:2"},
		{"later file with an old name", []string{"[database]\nconnection=a", "[DEFAULT]\nsql_connection=b"}, "b", "file2:2"},
		{"other case of the section", []string{"[Database]\nconnection=a"}, "a", "file1:2"},
		{"other case of an old section", []string{"[DATABASE]\nsql_connection=a"}, "a", "file1:2"},
		{"older names in order", []string{"[sql]\nconnection=a\n[database]\nsql_connection=b"}, "b", "file1:4"},
		{"other case of the name", []string{"[database]\nConnection=a"}, "", ""},
		{"a section that is not DEFAULT", []string{"[default]\nsql_connection=a"}, "", ""},
		{"blanks in a section", []string{"[ DEFAULT ]\nsql_connection=a"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, set, err := config(t, c.files...).Get(connection)
			if err != nil || set != (c.want != "") || v.Text != c.want {
				t.Fatalf("%q %v %v, want %q", v.Text, set, err, c.want)
			}
			if set && v.Entry.Place() != c.place {
				t.Errorf("at %s, want %s", v.Entry.Place(), c.place)
			}
		})
	}
}

func TestInterpolation(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"pa$$word", "pa$word"},
		{`pa\$word`, "pa$word"},
		{"pa$1word", "pa$1word"},
		{"pa$debug", "paFalse"},
		{"pa%24word", "pa%24word"},
		{"pa$", "pa$"},
		{"$-x", "$-x"},
		{"$é", "$é"},
		{"${two words}", "${two words}"},
		{"${bind_port}x", "x"},
		{"$host", "db1"},
		{"${host}x", "db1x"},
		{"$database.host", "db1"},
		{"${database.host}", "db1"},
		{"$admin_role", "nested db1"},
		{"$workers", "7"},
		{"$$$debug$$", "$False$"},
		{"a\n$workers", ""},
	} {
		if strings.Contains(c.text, "\n") {
			continue
		}
		conf := config(t, "[DEFAULT]\nworkers = +7\nadmin_role = nested $database.host\n[database]\nhost = db1\nconnection = "+c.text)
		v, _, err := conf.Get(Name{"database", "connection"})
		if err != nil || v.Text != c.want {
			t.Errorf("%s: %q %v, want %q", c.text, v.Text, err, c.want)
		}
	}
	conf := config(t, "[DEFAULT]\nadmin_role = ${bind_port}x")
	conf.Unset = "None"
	if v, _, err := conf.Get(Name{Default, "admin_role"}); err != nil || v.Text != "Nonex" {
		t.Errorf("%q %v", v.Text, err)
	}
	for _, c := range []struct{ text, want string }{
		{"pa$word", "the name of no option"},
		{"$Debug", "the name of no option"},
		{"$debug.x", "the name of no option"},
		{"$DEFAULT.debug", "no group in front"},
		{"$connection", "refers to itself"},
		{"$loop", "refers to itself"},
		{"$keystone_authtoken.roles", "refers to a list"},
	} {
		conf := config(t, "[DEFAULT]\nloop = $database.connection\n[database]\nconnection = "+c.text)
		_, _, err := conf.Get(Name{"database", "connection"})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "file1:4: [database] connection: ") {
			t.Errorf("%s: %v, want %s", c.text, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "word") {
			t.Errorf("%s: the error has a part of the value: %v", c.text, err)
		}
	}
	literal := New(testOptions)
	literal.AddLiteral([]Entry{{File: "environment", Section: "database", Key: "connection", Value: "pa$word"}})
	if v, _, err := literal.Get(Name{"database", "connection"}); err != nil || v.Text != "pa$word" || v.Entry.Place() != "environment" {
		t.Errorf("%+v %v", v, err)
	}
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		key, text string
		set       bool
		want      string // of an error
	}{
		{"debug", "OFF", true, ""},
		{"debug", "", false, "true or false"},
		{"debug", "maybe", false, "true or false"},
		{"workers", "", false, ""},
		{"workers", "-1", true, ""},
		{"workers", "4.5", false, "whole number"},
		{"workers", "0x10", false, "whole number"},
		{"bind_port", "99999", false, "a port"},
		{"bind_port", "-1", false, "a port"},
		{"bind_port", `"9191"`, true, ""},
		{"bind_port", "9191 # x", false, "whole number"},
		{"admin_role", "", true, ""},
	} {
		_, set, err := config(t, "[DEFAULT]\n"+c.key+" = "+c.text).Get(Name{Default, c.key})
		if c.want == "" && (err != nil || set != c.set) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s = %s: %v %v", c.key, c.text, set, err)
		}
	}
	for text, want := range map[string][]string{
		"": nil, "a": {"a"}, "a, b,": {"a", "b", ""}, "a,\nb\nc": {"a", "b\nc"},
	} {
		if got := ParseList(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestMulti(t *testing.T) {
	dirs := Name{"oslo_policy", "policy_dirs"}
	for _, c := range []struct {
		files []string
		want  []string
	}{
		{[]string{"[oslo_policy]\npolicy_dirs = a\npolicy_dirs = b"}, []string{"a", "b"}},
		{[]string{"[oslo_policy]\npolicy_dirs = a", "[DEFAULT]\npolicy_dirs = b"}, []string{"a", "b"}},
		{[]string{"[oslo_policy]\npolicy_dirs = a\n[DEFAULT]\npolicy_dirs = b"}, []string{"a"}},
		{nil, []string{"policy.d"}},
	} {
		values, err := config(t, c.files...).GetAll(dirs)
		var got []string
		for _, v := range values {
			got = append(got, v.Text)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %q %v, want %q", c.files, got, err, c.want)
		}
	}
}

func TestSimilar(t *testing.T) {
	c := config(t)
	for _, tt := range []struct{ section, key, want string }{
		{"DEFAULT", "bind_hots", "bind_host"},
		{"DEFAULT", "Bind_Host", "bind_host"},
		{"DEFAULT", "bind-host", "bind_host"},
		{"DEFAULT", "worker", "workers"},
		{"DEFAULT", "verbose", ""},
		{"Database", "conection", "connection"},
		{"other", "conection", ""},
		{"database", "hast", "host"},
		{"database", "hash_x", ""},
	} {
		if got, _ := c.Similar(Name{tt.section, tt.key}); got.Key != tt.want {
			t.Errorf("%s: %q, want %q", tt.key, got.Key, tt.want)
		}
	}
	if o, ok := c.Option(Name{"DATABASE", "sql_connection"}); !ok || o.Key != "connection" {
		t.Error("an old name is unknown")
	}
	if _, ok := c.Option(Name{"default", "debug"}); ok {
		t.Error("default is not DEFAULT")
	}
}
