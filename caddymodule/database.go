package caddymodule

import (
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/registry/records"
)

// Database names a database and how to use it.
type Database struct {
	// Where it is, as in SQLAlchemy and glance-registry.conf:
	// `mysql+pymysql://user:password@host/glance`, `postgresql://...`,
	// `sqlite:////absolute/path`, `sqlite:///relative/path`. Write the password
	// as `{env.NAME}` or `{file./path}`, so that it gets neither into Caddy's
	// configuration nor into its debug log.
	URL string `json:"url"`

	// Maximum number of open connections. Default: 20.
	MaxConnections int `json:"max_connections,omitempty"`

	// Prepare statements on the server. Turn it off behind PgBouncer or
	// ProxySQL. Default: true.
	Prepare *bool `json:"prepare,omitempty"`

	// MySQL and MariaDB only: the `sql_mode` of connections; empty means no mode.
	// Default: `TRADITIONAL`.
	SQLMode *string `json:"sql_mode,omitempty"`

	// Answer every write with 403. Default: false.
	ReadOnly bool `json:"read_only,omitempty"`

	// SQLite only: create a missing file at first use. Default: false.
	Create bool `json:"create,omitempty"`

	// Write to a schema that is newer than every release this gateway knows.
	// Otherwise it is only read. Default: false.
	AllowUnknownSchema bool `json:"allow_unknown_schema,omitempty"`
}

var errNoDatabase = errors.New("no database; write `database <url>` in glance_registry, in the site or in the global options")

// databaseConfig returns the settings of the database with all defaults and without
// placeholders. It logs warnings.
func (s *Settings) databaseConfig(logger *zap.Logger) (dbbackend.Config, error) {
	d := s.Database
	if d == nil || d.URL == "" {
		return dbbackend.Config{}, errNoDatabase
	}
	url, err := placeholder.Expand(d.URL)
	if err != nil {
		return dbbackend.Config{}, fmt.Errorf("database URL: %w", err)
	}
	config := dbbackend.Config{
		URL:            url,
		MaxConnections: d.MaxConnections,
		Prepare:        enabled(d.Prepare, true),
		Create:         d.Create,
		Demo:           s.Demo,

		AllowUnknownSchema: d.AllowUnknownSchema,
	}
	if d.SQLMode != nil {
		mode, err := placeholder.Expand(*d.SQLMode)
		if err != nil {
			return dbbackend.Config{}, fmt.Errorf("database sql_mode: %w", err)
		}
		config.SQLMode = records.NullOf(mode)
	}
	if config.MaxConnections == 0 {
		config.MaxConnections = defaultMaxConnections
	}
	warnings, err := config.Check()
	for _, w := range warnings {
		logger.Warn(w)
	}
	return config, err
}

const defaultMaxConnections = 20
