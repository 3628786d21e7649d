package glanceconf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
	"github.com/glancegate/glancegate/glanceconf/internal/paste"
	"github.com/glancegate/glancegate/internal/dburl"
)

// Secrets stay in the files in which they are. A placeholder says where:
//
//	{glance_conf./etc/glance/glance-registry.conf#keystone_authtoken.password}
//	{glance_conf./etc/glance/glance-registry.conf#database.connection.password}
//	{glance_paste./etc/glance/glance-registry-paste.ini#filter:authtoken.admin_password}
const (
	confPrefix  = "glance_conf."
	pastePrefix = "glance_paste."
)

// Secret returns what a placeholder, without its braces, stands for. Other
// placeholders are not known.
func Secret(placeholder string) (value string, known bool, err error) {
	return secretIn(os.DirFS("/"), placeholder)
}

func secretIn(root fs.FS, placeholder string) (value string, known bool, err error) {
	rest, isConf := strings.CutPrefix(placeholder, confPrefix)
	if !isConf {
		if rest, known = strings.CutPrefix(placeholder, pastePrefix); !known {
			return "", false, nil
		}
	}
	file, option, found := cutLast(rest, "#")
	if !found {
		return "", true, errors.New("{" + placeholder + "}: write a file, #, a section, a dot and an option")
	}
	content, err := fs.ReadFile(root, inRoot(file))
	if err != nil {
		return "", true, fmt.Errorf("%s: %w", file, reason(err))
	}
	if isConf {
		value, err = confSecret(file, content, option)
	} else {
		value, err = pasteSecret(file, content, option)
	}
	return value, true, err
}

func cutLast(s, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(s, separator); i >= 0 {
		return s[:i], s[i+len(separator):], true
	}
	return s, "", false
}

// confSecret reads an option by the name that it has in the file, which may be
// an old one. Behind a connection, .password is its password as it stands in the
// URL.
func confSecret(file string, content []byte, option string) (string, error) {
	option, ofURL := strings.CutSuffix(option, ".connection.password")
	name := osloconf.Name{Section: option, Key: "connection"}
	if !ofURL {
		if option, ofURL = strings.CutSuffix(option, ".sql_connection.password"); ofURL {
			name = osloconf.Name{Section: option, Key: "sql_connection"}
		} else {
			name.Section, name.Key, _ = cutLast(option, ".")
		}
	}
	entries, err := osloconf.Parse(file, content)
	if err != nil {
		return "", err
	}
	var known []osloconf.Option
	for _, o := range options() {
		known = append(known, o.Option)
	}
	// The option may be in a section that auth_section names.
	asked := osloconf.Option{Name: osloconf.Name{Section: osloconf.Canonical(name.Section), Key: name.Key}}
	conf := osloconf.New(append(known, asked))
	conf.Add(entries)
	v, set, err := conf.Get(asked.Name)
	if err != nil {
		return "", err
	}
	if !set || v.Entry == nil {
		return "", fmt.Errorf("%s: %s is not there any more", file, name)
	}
	if !ofURL {
		return v.Text, nil
	}
	_, password, _, found := dburl.CutPassword(v.Text)
	if !found {
		return "", fmt.Errorf("%s: the URL of %s has no password any more", file, name)
	}
	return password, nil
}

func pasteSecret(file string, content []byte, option string) (string, error) {
	section, key, _ := cutLast(option, ".")
	f, err := paste.Parse(file, content)
	if err != nil {
		return "", err
	}
	v, found, err := f.Value(section, key)
	if err == nil && !found {
		err = fmt.Errorf("%s: [%s] %s is not there any more", file, section, key)
	}
	return v.Text, err
}

// reference is a placeholder for a secret value. It is refused where it would
// not lead to the value.
func (r *reader) reference(v value, field string) string {
	var key string
	switch {
	case v.entry != nil && strings.HasPrefix(v.entry.File, environment+" "):
		return "{env." + strings.TrimPrefix(v.entry.File, environment+" ") + "}"
	case v.entry != nil:
		key = confPrefix + v.entry.File + "#" + v.entry.Section + "." + v.entry.Key + field
	case v.paste != nil:
		key = pastePrefix + v.paste.file + "#" + v.paste.Section + "." + v.paste.Key
	default:
		return ""
	}
	r.writable(v.place(), key)
	text, _, err := secretIn(r.withInput(), key)
	want := v.text
	if field != "" {
		_, want, _, _ = dburl.CutPassword(v.text)
	}
	if err != nil || text != want {
		r.refuse("%s: %s refers to options in other files; write its value without $", v.place(), v.name())
	}
	return "{" + key + "}"
}

// withInput is the root, in which the configuration file has the content that
// was given.
func (r *reader) withInput() fs.FS { return withFile{r.in.Root, inRoot(r.in.File), r.in.Content} }

type withFile struct {
	fs.FS
	name    string
	content []byte
}

// ReadFile implements fs.ReadFileFS.
func (w withFile) ReadFile(name string) ([]byte, error) {
	if name == w.name {
		return w.content, nil
	}
	return fs.ReadFile(w.FS, name)
}
