package pool

import (
	"context"
	"database/sql"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/dbbackend/internal/mysqlconn"
	"github.com/glancegate/glancegate/internal/dburl"
	"github.com/glancegate/glancegate/internal/dialer"
	"github.com/glancegate/glancegate/registry/records"
)

// Options says how connections are opened and used.
type Options struct {
	MaxConnections int

	// Prepare lets the server prepare statements: PostgreSQL all, MySQL those whose text
	// is always the same. SQLite does not need it.
	Prepare bool

	// SQLMode is the sql_mode of MySQL's connections; null: TRADITIONAL.
	SQLMode records.Null[string]

	// Followed has the connections counted by server, except those of SQLite.
	Followed bool
}

const (
	// maxIdleTime lets a pool shrink after a burst; maxLifetime makes connections
	// follow a fail-over or a changed DNS name.
	maxIdleTime = 5 * time.Minute
	maxLifetime = time.Hour
)

// OpenPostgreSQL prepares a pool without opening connections. The connections are
// counted in the second result if Followed is set.
func OpenPostgreSQL(u *dburl.URL, o Options) (Pool, *dbserver.Connections, error) {
	config, _, err := u.PostgreSQLConfig()
	if err != nil {
		return nil, nil, err
	}
	dial := dialer.New(0)
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, config.ConnConfig.ConnectTimeout)
		defer cancel()
		return dial.DialContext(ctx, network, address)
	}
	config.ConnConfig.BuildContextWatcherHandler = newInterrupter
	config.PrepareConn = ready
	config.MaxConns = int32(min(o.MaxConnections, 1<<15))
	config.MaxConnIdleTime = maxIdleTime
	config.MaxConnLifetime = maxLifetime
	config.AfterConnect = takeBytes
	var servers *dbserver.Connections
	if o.Followed {
		servers = &dbserver.Connections{}
		servers.CountPgx(config)
	}
	greet := config.AfterConnect
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		ctx, cancel := context.WithTimeout(ctx, config.ConnConfig.ConnectTimeout)
		defer cancel()
		return greet(ctx, c)
	}
	p, err := newPgxPool(config, o.Prepare, beginningOf(config))
	if err != nil {
		return nil, nil, err
	}
	servers.OnCloseIdle(p.Reset)
	return newBoundedPool(p, o.MaxConnections), servers, nil
}

// beginningOf returns the statements that begin transactions. They set lock_timeout
// unless the URL does; PgBouncer would refuse it as a parameter of the connection.
func beginningOf(config *pgxpool.Config) string {
	if strings.Contains(config.ConnConfig.RuntimeParams["options"], "lock_timeout") {
		return "BEGIN"
	}
	return "BEGIN; SET LOCAL lock_timeout = " + strconv.FormatInt(LockTimeout.Milliseconds(), 10)
}

// OpenMySQL prepares a pool without opening connections. The connections are
// counted in the second result if Followed is set.
func OpenMySQL(u *dburl.URL, o Options) (Pool, *dbserver.Connections, error) {
	config, _, err := u.MySQLConfig()
	if err != nil {
		return nil, nil, err
	}
	if o.SQLMode.Valid {
		config.Params["sql_mode"] = "'" + o.SQLMode.V + "'"
	}
	config.Params["innodb_lock_wait_timeout"] = strconv.Itoa(int(LockTimeout.Seconds()))
	config.Params["lock_wait_timeout"] = strconv.Itoa(int(tableLockTimeout.Seconds()))
	// Without a logger the driver writes to standard error. Its messages are about what
	// database/sql repairs, or are returned as errors, too.
	plugins := &dbserver.PluginLogger{}
	config.Logger = plugins
	connector, err := mysqlconn.New(config, interruptTimeout)
	if err != nil {
		return nil, nil, err
	}
	var servers *dbserver.Connections
	if o.Followed {
		servers = &dbserver.Connections{}
	}
	db := sql.OpenDB(dbserver.MySQLConnector{Connector: connector, Servers: servers, Plugins: plugins})
	bound(db, o.MaxConnections)
	p := newSQLPool(db, db, mysqlBeginnings, o.MaxConnections)
	p.prepare = o.Prepare
	servers.OnCloseIdle(p.Reset)
	return newBoundedPool(p, o.MaxConnections), servers, nil
}

func bound(db *sql.DB, connections int) {
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(maxIdleTime)
	db.SetConnMaxLifetime(maxLifetime)
}

// OpenSQLite prepares several connections for reading and one for writing. A writer
// locks the file when its transaction begins, so that two never wait for each other.
// Foreign keys are not enforced, as in the original (database-schema.md, 9).
func OpenSQLite(u *dburl.URL, o Options) (Pool, *dbserver.Connections, error) {
	path, err := u.SQLitePath()
	if err != nil {
		return nil, nil, err
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=rw&_pragma=busy_timeout(" + strconv.FormatInt(sqliteLockTimeout.Milliseconds(), 10) +
		")&_pragma=synchronous(1)&_pragma=cache_size(-32768)&_pragma=mmap_size(1073741824)"
	readers, err := openSQLiteFile(path, dsn)
	if err != nil {
		return nil, nil, err
	}
	connections := max(2, min(o.MaxConnections, runtime.GOMAXPROCS(0)*2))
	bound(readers, connections)
	writers, err := openSQLiteFile(path, dsn)
	if err != nil {
		return nil, nil, err
	}
	bound(writers, 1)
	p := newSQLPool(readers, writers, sqliteBeginnings, connections)
	return newPoolWithOneWriter(p, connections), nil, nil
}
