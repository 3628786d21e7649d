package dbbackend

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/dbbackend/internal/embedded"
	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/internal/dburl"
	"github.com/glancegate/glancegate/registry/records"
)

// Config says which database to use and how.
type Config struct {
	// URL is the database in SQLAlchemy's form (registry-config.md, 6.2).
	URL string

	// MaxConnections bounds the open connections; 0: 20.
	MaxConnections int

	// Prepare lets the server prepare statements. It must be off for poolers that
	// share a session between clients.
	Prepare bool

	// Create creates a missing SQLite file when it is first used.
	Create bool

	// Demo is Create, and adds demo images to a file that it creates.
	Demo bool

	// SQLMode is the sql_mode of MySQL's connections; null: TRADITIONAL.
	SQLMode records.Null[string]

	// AllowUnknownSchema allows writes to a schema newer than this program.
	AllowUnknownSchema bool

	// SchemaPoll is how often the version of the schema is read; 0: every two
	// seconds, negative: never.
	SchemaPoll time.Duration

	// Followed makes Servers count connections, for a cache that is filled through
	// this Backend and follows a change feed.
	Followed bool

	// PageSource is where pages find their rows; null: where they look at fewer. The
	// pages are the same.
	PageSource records.Null[PageSource]

	// Observer is called after every statement; may be nil.
	Observer Observer

	// OnOddRow is called once for each row with a value that Glance would not have
	// stored; may be nil.
	OnOddRow func(row, problem string)

	// OnState is called when the state of the database becomes known and when it
	// changes; may be nil.
	OnState func(release.State)
}

const (
	defaultMaxConnections = 20
	defaultSchemaPoll     = 2 * time.Second
)

// sqlModeCharacters are the characters of lists of modes.
const sqlModeCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_,"

// Check returns an error if the configuration is wrong, and warnings about options
// that have no effect or are risky. It opens no connection. The texts contain no
// password.
func (c Config) Check() (warnings []string, err error) {
	u, err := dburl.Parse(c.URL)
	if err != nil {
		return nil, err
	}
	if (c.Create || c.Demo) && u.Dialect != dburl.SQLite {
		return nil, fmt.Errorf("create and demo make SQLite files only; the schema of %s belongs to glance-manage", u.Redacted())
	}
	if c.SQLMode.Valid && u.Dialect != dburl.MySQL {
		return nil, fmt.Errorf("sql_mode is for MySQL and MariaDB, not for %s", u.Redacted())
	}
	if strings.ContainsFunc(c.SQLMode.V, func(r rune) bool { return !strings.ContainsRune(sqlModeCharacters, r) }) {
		return nil, fmt.Errorf("sql_mode %q is not a list of modes; write one like STRICT_TRANS_TABLES,NO_ZERO_DATE", c.SQLMode.V)
	}
	switch u.Dialect {
	case dburl.PostgreSQL:
		_, warnings, err = u.PostgreSQLConfig()
	case dburl.MySQL:
		_, warnings, err = u.MySQLConfig()
	default:
		_, err = u.SQLitePath()
	}
	return warnings, err
}

// Open prepares a Backend. Connections are opened, and files created, when the first
// statement needs them.
func Open(c Config) (*Backend, error) {
	if _, err := c.Check(); err != nil {
		return nil, err
	}
	if c.MaxConnections <= 0 {
		c.MaxConnections = defaultMaxConnections
	}
	u, err := dburl.Parse(c.URL)
	if err != nil {
		return nil, err
	}
	open, dialect := pool.OpenSQLite, &sqltext.SQLite
	switch u.Dialect {
	case dburl.PostgreSQL:
		open, dialect = pool.OpenPostgreSQL, &sqltext.PostgreSQL
	case dburl.MySQL:
		open, dialect = pool.OpenMySQL, &sqltext.MySQL
	}
	opened, servers, err := open(u, pool.Options{
		MaxConnections: c.MaxConnections, Prepare: c.Prepare, SQLMode: c.SQLMode, Followed: c.Followed,
	})
	if err != nil {
		return nil, err
	}
	b := newBackend(dialect, opened, c.Observer)
	b.servers = servers
	if c.Create || c.Demo {
		path, err := u.SQLitePath()
		if err != nil {
			return nil, err
		}
		b.prepare = func(context.Context) error { return embedded.Create(path, c.Demo) }
	}
	b.sources.always = c.PageSource
	b.allowUnknownSchema = c.AllowUnknownSchema
	b.odd.onOdd = c.OnOddRow
	b.watch.interval, b.watch.onState = cmp.Or(c.SchemaPoll, defaultSchemaPoll), c.OnState
	return b, nil
}

// Servers counts the Backend's connections by the server to which they lead. It is
// for feed.Config, whose feed must follow the server that is read. It is nil
// without Config.Followed, and for SQLite.
func (b *Backend) Servers() *dbserver.Connections { return b.servers }
