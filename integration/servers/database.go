package servers

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/glancegate/glancegate/integration/schema"
)

// Database is a database for one test.
type Database struct {
	Dialect Kind
	URL     string  // in SQLAlchemy's form, as glance-registry.conf has it
	DB      *sql.DB // for the test's own look at it; times are UTC
}

// NewDatabase makes a database with Glance's schema of the train release and no
// rows. It is dropped at the end of the test.
func NewDatabase(t testing.TB, dialect Kind) *Database {
	t.Helper()
	return NewRelease(t, dialect, "train")
}

// NewRelease is NewDatabase with the schema of another release.
func NewRelease(t testing.TB, dialect Kind, release string) *Database {
	t.Helper()
	db := NewEmptyDatabase(t, dialect)
	db.Load(t, release)
	return db
}

// EachDatabase runs a test on every kind of database, with the schema of train.
func EachDatabase(t *testing.T, test func(*testing.T, *Database)) {
	EachRelease(t, "train", test)
}

// EachRelease is EachDatabase with the schema of another release.
func EachRelease(t *testing.T, release string, test func(*testing.T, *Database)) {
	for _, dialect := range Dialects {
		t.Run(string(dialect), func(t *testing.T) { test(t, NewRelease(t, dialect, release)) })
	}
}

// NewEmptyDatabase makes a database without tables.
func NewEmptyDatabase(t testing.TB, dialect Kind) *Database {
	t.Helper()
	var driver, dsn, url string
	switch dialect {
	case PostgreSQL, MySQL:
		s := map[Kind]*server{PostgreSQL: postgreSQL, MySQL: mySQL}[dialect]
		name := s.create(t)
		driver, dsn, url = s.driver, s.dsn(s.port, name), s.url(s.port, name)
	case SQLite:
		Require(t, SQLite)
		driver, dsn, url = newFile(t)
	default:
		t.Fatalf("%s is no SQL dialect", dialect)
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &Database{Dialect: dialect, URL: url, DB: db}
}

// Schema makes and upgrades the tables.
func (db *Database) Schema() schema.DB {
	return schema.DB{DB: db.DB, Dialect: schema.Dialect(db.Dialect)}
}

// Load makes the tables of a release of Glance.
func (db *Database) Load(t testing.TB, release string) {
	t.Helper()
	if err := db.Schema().Make(t.Context(), release); err != nil {
		t.Fatalf("%s: %v", db.Dialect, err)
	}
}

// Exec runs statements, one after the other.
func (db *Database) Exec(t testing.TB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.DB.Exec(s); err != nil {
			t.Fatalf("%s: %v\n%s", db.Dialect, err, s)
		}
	}
}

// Value is the one value that a query gives.
func Value[T any](t testing.TB, db *Database, query string, args ...any) (value T) {
	t.Helper()
	if err := db.DB.QueryRow(query, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v\n%s", db.Dialect, err, query)
	}
	return value
}

// Column is the one column that a query gives.
func Column[T any](t testing.TB, db *Database, query string, args ...any) (values []T) {
	t.Helper()
	rows, err := db.DB.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", db.Dialect, err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var value T
		if err := rows.Scan(&value); err != nil {
			t.Fatalf("%s: %v\n%s", db.Dialect, err, query)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v\n%s", db.Dialect, err, query)
	}
	return values
}

// newFile names a database file that SQLite makes at first use, and how to reach
// it. The test's own connections wait for the gateway's instead of failing.
func newFile(t testing.TB) (driver, dsn, gatewayURL string) {
	path := filepath.Join(t.TempDir(), "glance.sqlite")
	// The name of a repeated test has a # in it, and with it the path.
	escaped := (&url.URL{Path: path}).EscapedPath()
	return "sqlite", "file:" + escaped + "?_pragma=busy_timeout(20000)&_pragma=synchronous(0)&_txlock=immediate", "sqlite:///" + path
}
