package dbbackend

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/glancegate/glancegate/dbbackend/dburl"
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/dbbackend/internal/embedded"
	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/internal/dialer"
	"github.com/glancegate/glancegate/registry/records"
)

// Config says which database to use and how.
type Config struct {
	// URL is the database in SQLAlchemy's form (registry-config.md, 6.2).
	URL string

	// MaxConnections bounds the connections that are open at a time; 0: 20.
	MaxConnections int

	// Prepare lets the server prepare statements. Poolers that hand a session
	// from client to client need it off.
	Prepare bool

	// Create makes a missing SQLite file, at first use.
	Create bool

	// Demo is Create with demo images in a file that it makes.
	Demo bool

	// SQLMode is the sql_mode of MySQL's connections; null: TRADITIONAL.
	SQLMode records.Null[string]

	// AllowUnknownSchema writes to a schema newer than this program.
	AllowUnknownSchema bool

	// SchemaPoll is how often the version of the schema is looked at; 0: every
	// two seconds, negative: never.
	SchemaPoll time.Duration

	// Followed has Servers count to which servers connections lead: for a cache
	// that is filled from here and follows a change feed.
	Followed bool

	// Observer is told of every statement; may be nil.
	Observer Observer

	// OnOddRow is told, once, of each row with a value that Glance would not have
	// stored, which is answered as well as it can be; may be nil.
	OnOddRow func(row, problem string)

	// OnState is told what the database is, when it is found out and when it
	// has changed; may be nil.
	OnState func(release.State)
}

const (
	defaultMaxConnections = 20
	// maxIdleTime lets a pool shrink after a burst; maxLifetime makes
	// connections follow a fail-over or a changed DNS name.
	maxIdleTime = 5 * time.Minute
	maxLifetime = time.Hour

	defaultSchemaPoll = 2 * time.Second
)

// sqlModeCharacters are those of names of modes and of lists of them.
const sqlModeCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_,"

// Check reports what is wrong with a configuration, and what in it has no
// effect or is risky, without opening anything. Neither contains a password.
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
		return nil, fmt.Errorf("sql_mode %q is no list of modes; write one like STRICT_TRANS_TABLES,NO_ZERO_DATE", c.SQLMode.V)
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

// Open prepares a Backend. Connections are opened, and files made, when the
// first statement needs them.
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
	open := openSQLite
	switch u.Dialect {
	case dburl.PostgreSQL:
		open = openPostgreSQL
	case dburl.MySQL:
		open = openMySQL
	}
	b, err := open(u, c)
	if err != nil {
		return nil, err
	}
	b.allowUnknownSchema = c.AllowUnknownSchema
	b.odd.onOdd = c.OnOddRow
	b.watch.interval, b.watch.onState = cmp.Or(c.SchemaPoll, defaultSchemaPoll), c.OnState
	return b, nil
}

func openPostgreSQL(u *dburl.URL, c Config) (*Backend, error) {
	config, _, err := u.PostgreSQLConfig()
	if err != nil {
		return nil, err
	}
	dial := dialer.New(0)
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, config.ConnConfig.ConnectTimeout)
		defer cancel()
		return dial.DialContext(ctx, network, address)
	}
	// The server is asked to end a statement whose request has ended; the connection
	// stays good if it does.
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: interruptTime}
	}
	config.MaxConns = int32(min(c.MaxConnections, 1<<15))
	config.MaxConnIdleTime = maxIdleTime
	config.MaxConnLifetime = maxLifetime
	config.AfterConnect = takeBytes
	var servers *dbserver.Connections
	if c.Followed {
		servers = &dbserver.Connections{}
		servers.CountPgx(config)
	}
	p, err := newPgxPool(config, c.Prepare, beginningOf(config))
	if err != nil {
		return nil, err
	}
	b := newBackend(&postgreSQL, newBoundedPool(p, c.MaxConnections), c.Observer)
	b.follow(servers, p.reset)
	return b, nil
}

// beginningOf is how transactions begin: with a bound for the wait for a lock,
// unless the URL sets one. A parameter of the connection would be refused by
// PgBouncer.
func beginningOf(config *pgxpool.Config) string {
	if strings.Contains(config.ConnConfig.RuntimeParams["options"], "lock_timeout") {
		return "BEGIN"
	}
	return "BEGIN; SET LOCAL lock_timeout = " + strconv.FormatInt(lockWait.Milliseconds(), 10)
}

func openMySQL(u *dburl.URL, c Config) (*Backend, error) {
	config, _, err := u.MySQLConfig()
	if err != nil {
		return nil, err
	}
	if c.SQLMode.Valid {
		config.Params["sql_mode"] = "'" + c.SQLMode.V + "'"
	}
	config.Params["innodb_lock_wait_timeout"] = strconv.Itoa(int(lockWait.Seconds()))
	config.Params["lock_wait_timeout"] = strconv.Itoa(int(tableLockWait.Seconds()))
	// The driver would tell standard error what database/sql repairs; what it
	// does not comes as an error.
	plugins := &dbserver.PluginLogger{}
	config.Logger = plugins
	connector, err := newMySQLConnector(config)
	if err != nil {
		return nil, err
	}
	var servers *dbserver.Connections
	if c.Followed {
		servers = &dbserver.Connections{}
	}
	db := sql.OpenDB(dbserver.MySQLConnector{Connector: connector, Servers: servers, Plugins: plugins})
	bound(db, c.MaxConnections)
	pool := newSQLPool(db, db, mysqlBeginnings, c.MaxConnections)
	b := newBackend(&mySQL, newBoundedPool(pool, c.MaxConnections), c.Observer)
	b.follow(servers, pool.reset)
	return b, nil
}

func bound(db *sql.DB, connections int) {
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(maxIdleTime)
	db.SetConnMaxLifetime(maxLifetime)
}

// openSQLite has several readers and one writer. A writer takes its lock when
// its transaction begins, so that two never wait for each other. Foreign keys
// are not enforced, as in the original (database-schema.md, 9).
func openSQLite(u *dburl.URL, c Config) (*Backend, error) {
	path, err := u.SQLitePath()
	if err != nil {
		return nil, err
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=rw&_pragma=busy_timeout(" + strconv.FormatInt(sqliteLockWait.Milliseconds(), 10) +
		")&_pragma=synchronous(1)&_pragma=cache_size(-32768)&_pragma=mmap_size(1073741824)"
	readers, err := openSQLiteFile(path, dsn)
	if err != nil {
		return nil, err
	}
	connections := max(2, min(c.MaxConnections, runtime.GOMAXPROCS(0)*2))
	bound(readers, connections)
	writers, err := openSQLiteFile(path, dsn)
	if err != nil {
		return nil, err
	}
	bound(writers, 1)
	b := newBackend(&sqlite, newPoolWithOneWriter(newSQLPool(readers, writers, sqliteBeginnings, connections), connections), c.Observer)
	if c.Create || c.Demo {
		b.prepare = func(context.Context) error { return embedded.Create(path, c.Demo) }
	}
	return b, nil
}
