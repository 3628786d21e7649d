package glanceconf

import (
	"path"
	"strings"

	"github.com/glancegate/glancegate/internal/dburl"
)

// escaped is what would end a value in a URL.
var escaped = strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", " ", "%20")

// optionFile is what a group of an option file of MySQL sets, as PyMySQL reads it.
type optionFile struct {
	name, group string
	values      map[string]string
}

// argumentOf has the argument of a URL that does the same as an option.
var argumentOf = map[string]string{
	"ssl-ca": "ssl_ca", "ssl-capath": "ssl_capath", "ssl-cert": "ssl_cert", "ssl-key": "ssl_key", "ssl-cipher": "ssl_cipher",
	"socket": "unix_socket", "default-character-set": "charset",
}

// withOptionFile replaces read_default_file and read_default_group, which most
// files of TripleO have, by what the file says. What the URL has wins.
func (r *reader) withOptionFile(connection value, text string) string {
	u, err := dburl.Parse(text)
	if err != nil || u.Dialect != dburl.MySQL || u.Query["read_default_file"]+u.Query["read_default_group"] == "" {
		return text
	}
	text = withoutArguments(text, "read_default_file", "read_default_group")
	file, ok := r.readOptionFile(connection, u)
	if !ok {
		return text
	}
	for key, has := range map[string]bool{
		"user": u.User != "", "password": hasPassword(u), "host": u.Host != "", "port": u.Port != "", "database": u.Database != "",
	} {
		if file.values[key] != "" && !has {
			r.refuse("%s: %s: %s has the option %s in [%s], and the URL has none; write it into the URL",
				connection.place(), connection.name(), file.name, key, file.group)
		}
	}
	var taken []string
	for _, key := range []string{"ssl-ca", "ssl-capath", "ssl-cert", "ssl-key", "ssl-cipher", "socket", "default-character-set"} {
		argument := argumentOf[key]
		if file.values[key] == "" || u.Query[argument] != "" || key == "socket" && u.Host != "" && u.Host != "localhost" {
			continue
		}
		text = withArgument(text, argument+"="+escaped.Replace(file.values[key]))
		taken = append(taken, key)
	}
	if taken == nil {
		r.findAt(Translate, connection, "%s has nothing in [%s] that matters here", file.name, file.group)
	} else {
		r.findAt(Translate, connection, "%s is taken from [%s] of %s; convert it again when that changes",
			strings.Join(taken, ", "), file.group, file.name)
	}
	return text
}

func hasPassword(u *dburl.URL) bool {
	_, has := u.Password()
	return has
}

// readOptionFile reads the group that the arguments of a URL name. A file that is
// not there has no options, as for PyMySQL.
func (r *reader) readOptionFile(connection value, u *dburl.URL) (optionFile, bool) {
	f := optionFile{name: u.Query["read_default_file"], group: u.Query["read_default_group"], values: map[string]string{}}
	if f.group == "" {
		f.group = "client"
	}
	if f.name == "" {
		f.name = "/etc/my.cnf"
	}
	if home, ok := strings.CutPrefix(f.name, "~/"); ok {
		f.name = path.Join(r.in.Home, home)
	}
	if !path.IsAbs(f.name) {
		r.refuse("%s: %s: read_default_file must be an absolute path", connection.place(), connection.name())
		return f, false
	}
	if !r.exists(f.name) {
		r.findAt(Warn, connection, "read_default_file: there is no %s, which the old service did not mind either; go on if the database wants no TLS", f.name)
		return f, false
	}
	content, err := r.readFile(f.name)
	if err != nil {
		r.refuse("%s: %s: read_default_file: %v", connection.place(), connection.name(), err)
		return f, false
	}
	section := ""
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			section, _, _ = strings.Cut(name, "]")
			continue
		}
		if section != f.group || line == "" || strings.ContainsAny(line[:1], "#;!") {
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		f.values[strings.ReplaceAll(strings.TrimSpace(key), "_", "-")] = strings.Trim(strings.TrimSpace(value), `"'`)
	}
	return f, true
}

// withArgument adds an argument to a URL.
func withArgument(text, argument string) string {
	if _, arguments := cutArguments(text); arguments == "" {
		return strings.TrimSuffix(text, "?") + "?" + argument
	}
	return text + "&" + argument
}

// withoutArguments takes arguments out of a URL and leaves the rest as it is.
func withoutArguments(text string, names ...string) string {
	before, arguments := cutArguments(text)
	var kept []string
	for pair := range strings.SplitSeq(arguments, "&") {
		name, _, _ := strings.Cut(pair, "=")
		keep := pair != ""
		for _, other := range names {
			keep = keep && name != other
		}
		if keep {
			kept = append(kept, pair)
		}
	}
	if kept == nil {
		return before
	}
	return before + "?" + strings.Join(kept, "&")
}

// cutArguments cuts a URL in front of its arguments. A password may have a question
// mark.
func cutArguments(text string) (before, arguments string) {
	head, password, rest, found := dburl.CutPassword(text)
	if !found {
		head, password, rest = "", "", text
	}
	rest, arguments, _ = strings.Cut(rest, "?")
	return head + password + rest, arguments
}
