package dburl

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/glancegate/glancegate/internal/legacytls"
)

var postgreSQLArguments = arguments{
	taken: []string{
		"host", "port", "service", "target_session_attrs", "connect_timeout", "application_name", "options",
		"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcertmode", "sslsni", "sslnegotiation", "channel_binding",
		"client_encoding", "legacy_tls",
	},
	ignored: []string{
		"keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
		"sslcompression", "gssencmode", "fallback_application_name", "use_native_unicode",
	},
	refused: map[string]string{
		"sslcrl":      "remove it if revoked certificates may be accepted",
		"sslcrldir":   "remove it if revoked certificates may be accepted",
		"sslpassword": "use a key without one, readable by the gateway only",
		"user":        "write it before the host: user:password@host",
		"password":    "write it before the host: user:password@host",
		"passfile":    "set the environment variable PGPASSFILE",
		"dbname":      "write it after the host and a slash",
	},
}

// PostgreSQLConfig makes the pool's settings: UTC, UTF-8 and what the URL
// says. What it leaves out comes from the environment, as with libpq: PGHOST,
// PGPASSFILE and so on. Arguments without effect are returned as warnings,
// unknown ones are an error.
func (u *URL) PostgreSQLConfig() (*pgxpool.Config, []string, error) {
	warnings, err := postgreSQLArguments.check(u)
	if err != nil {
		return nil, nil, err
	}
	warnings = append(u.driverWarning(), warnings...)
	keywords, err := u.keywords()
	if err != nil {
		return nil, nil, err
	}
	c, err := pgxpool.ParseConfig(keywords)
	if err != nil {
		return nil, nil, u.errorf("%w", shorten(err))
	}
	if password, _ := u.Password(); password != "" {
		c.ConnConfig.Password = password
	} else {
		warnings = append(warnings, "database URL: it has no password; PGPASSWORD or a .pgpass file counts, if there is one")
	}
	if u.on("legacy_tls", false) {
		warnings = append(warnings, "database URL: "+legacytls.Warning)
		acceptLegacy(c.ConnConfig)
	}
	if c.ConnConfig.ConnectTimeout == 0 {
		c.ConnConfig.ConnectTimeout = defaultConnectTimeout
	}
	c.ConnConfig.RuntimeParams["timezone"] = "UTC"
	c.ConnConfig.RuntimeParams["client_encoding"] = "UTF8"
	return c, warnings, nil
}

// acceptLegacy changes the settings of all servers. With sslmode=verify-ca pgx
// verifies the chain by itself.
func acceptLegacy(c *pgx.ConnConfig) {
	if c.TLSConfig != nil {
		legacytls.Accept(c.TLSConfig)
	}
	for _, other := range c.Fallbacks {
		if other.TLSConfig != nil {
			legacytls.Accept(other.TLSConfig)
		}
	}
}

// keywords is the URL as a libpq connection string, without the password. As
// with SQLAlchemy an argument wins over the part of the URL.
func (u *URL) keywords() (string, error) {
	host, port, err := u.postgreSQLHosts()
	if err != nil {
		return "", err
	}
	settings := map[string]string{"host": host, "port": port, "user": u.User, "dbname": u.Database}
	for name, value := range u.Query {
		if name != "client_encoding" && name != "legacy_tls" && !listed[name] && slices.Contains(postgreSQLArguments.taken, name) {
			settings[name] = value
		}
	}
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if value := settings[name]; value != "" {
			b.WriteString(name + "='" + quote.Replace(value) + "' ")
		}
	}
	return b.String(), nil
}

// shorten takes the connection string out of an error.
func shorten(err error) error {
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) {
		without := *parse
		without.ConnString = "the URL"
		return &without
	}
	return err
}
