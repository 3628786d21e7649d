package dburl

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// pgTaken are arguments of libpq that pgx understands under the same name.
var pgTaken = map[string]bool{
	"sslmode": true, "sslrootcert": true, "sslcert": true, "sslkey": true, "connect_timeout": true,
	"application_name": true, "options": true, "host": true, "port": true, "target_session_attrs": true,
	"client_encoding": true, "service": true,
}

// pgIgnored are arguments that have no effect with pgx.
var pgIgnored = map[string]bool{
	"keepalives": true, "keepalives_idle": true, "keepalives_interval": true, "keepalives_count": true,
	"sslcrl": true, "sslcompression": true, "gssencmode": true, "use_native_unicode": true,
}

// PostgreSQLConfig makes the pool's settings. Ignored arguments are returned
// as warnings, unknown ones are an error.
func (u *URL) PostgreSQLConfig() (*pgxpool.Config, []string, error) {
	warnings, err := u.checkArguments(pgTaken, pgIgnored)
	if err != nil {
		return nil, nil, err
	}
	var settings strings.Builder
	set := func(name, value string) {
		if value != "" {
			value = strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value)
			fmt.Fprintf(&settings, "%s='%s' ", name, value)
		}
	}
	set("host", u.Host)
	set("port", u.Port)
	set("dbname", u.Database)
	for _, name := range sortedKeys(u.Query) {
		if !pgTaken[name] || name == "client_encoding" || name == "host" && u.Host != "" || name == "port" && u.Port != "" {
			continue
		}
		set(name, u.Query[name])
	}
	c, err := pgxpool.ParseConfig(settings.String())
	if err != nil {
		return nil, nil, fmt.Errorf("database URL %s: %w", u.Redacted(), err)
	}
	// The password never becomes part of a text that an error could quote.
	if u.User != "" {
		c.ConnConfig.User = u.User
	}
	if u.hasPassword {
		c.ConnConfig.Password = u.password
	}
	c.ConnConfig.RuntimeParams["timezone"] = "UTC"
	c.ConnConfig.RuntimeParams["client_encoding"] = "UTF8"
	return c, warnings, nil
}
