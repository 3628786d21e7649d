package glanceconf

import (
	"strings"

	"github.com/glancegate/glancegate/internal/dburl"
)

// withoutLimit stands for a pool without a limit.
const withoutLimit = 200

func (r *reader) readDatabase() {
	d := &r.settings.Database
	if v := r.get("database", "backend"); v.text != "sqlalchemy" {
		r.refuse("%s: %s must be sqlalchemy, the default", v.place(), v.name())
	}
	connection := r.get("database", "connection")
	if connection.wrong {
		return
	}
	if connection.text == "" {
		r.refuse("%s: [database] connection is missing; without a database there is nothing to serve", r.in.File)
		return
	}
	text := connection.text
	arguments := r.get("database", "connection_parameters")
	if strings.Contains(arguments.text, "@") {
		// A password ends at the last one of the whole text.
		r.refuse("%s: %s has an @; write %%40", arguments.place(), arguments.name())
		return
	}
	if arguments.text != "" {
		separator := "?"
		if strings.Contains(text, "?") {
			separator = "&"
		}
		text += separator + arguments.text
	}
	text = r.withOptionFile(connection, text)
	if r.legacyTLS() {
		text = withArgument(text, "legacy_tls=on")
	}
	u, err := dburl.Parse(text)
	if err != nil {
		r.refuse("%s: %s: %v", connection.place(), connection.name(), err)
		return
	}
	r.checkArguments(arguments, connection.text)
	warnings, err := u.CheckArguments()
	if err != nil {
		r.refuse("%s: %s: %v", connection.place(), connection.name(), err)
		return
	}
	if u.Driver == "mysql" {
		r.findAt(Warn, connection, "driver mysql is treated as mysql+pymysql, which Glance used since Mitaka")
	}
	if password, _ := u.Password(); u.Dialect == dburl.PostgreSQL && password == "" {
		r.findAt(Warn, connection, "it has no password; PGPASSWORD or a .pgpass file of the gateway's user counts, if there is one")
	}
	if u.Dialect == dburl.MySQL && u.Query["ssl_cipher"] != "" {
		r.findAt(Warn, connection, "the argument ssl_cipher switches TLS on, but does not choose the cipher")
	}
	for _, warning := range warnings {
		r.findAt(Warn, connection, "%s", warning)
	}
	if u.Dialect == dburl.SQLite && !strings.HasPrefix(u.Database, "/") {
		r.findAt(Warn, connection, "the file is looked for in the folder in which the gateway is started")
	}
	d.URL, d.Redacted = r.urlWithReference(connection, text), u.Redacted()
	if mode := r.get("database", "mysql_sql_mode"); u.Dialect == dburl.MySQL && mode.text != "TRADITIONAL" {
		d.SQLMode = &mode.text
	}
	r.readPool()
}

// checkArguments refuses an argument that is given twice.
func (r *reader) checkArguments(v value, connection string) {
	if v.text == "" {
		return
	}
	u, err := dburl.Parse(connection)
	if err != nil {
		return
	}
	for pair := range strings.SplitSeq(v.text, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if _, both := u.Query[name]; both {
			r.refuse("%s: %s: the argument %s is in the URL of the connection, too", v.place(), v.name(), name)
		}
	}
}

// urlWithReference is a URL with a reference in the place of its password.
func (r *reader) urlWithReference(connection value, text string) string {
	before, password, after, found := dburl.CutPassword(text)
	if !found || password == "" {
		r.writable(connection.place()+": "+connection.name(), text)
		return text
	}
	if connection.entry != nil && connection.entry.Line == 0 {
		if !strings.HasPrefix(text, connection.text) {
			r.refuse("%s: read_default_file and read_default_group can't be carried over from there; write the connection into a file", connection.place())
		}
		return r.reference(connection, "") + strings.TrimPrefix(text, connection.text)
	}
	r.writable(connection.place()+": "+connection.name(), before+after)
	return before + r.reference(connection, ".password") + after
}

// readPool combines the pools of the workers into one.
func (r *reader) readPool() {
	size, sizeSet := r.number("database", "max_pool_size", 0)
	overflow, overflowSet := r.number("database", "max_overflow", -1)
	if !sizeSet && !overflowSet {
		return
	}
	if !sizeSet {
		size = 5
	}
	if !overflowSet {
		overflow = 50
	}
	connections := size + overflow
	if size == 0 || overflow == -1 {
		connections = withoutLimit
	}
	r.settings.Database.MaxConnections = max(1, connections)
}
