package servers

import (
	"context"
	"database/sql"
	"testing"
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
	db := NewEmptyDatabase(t, dialect)
	db.Load(t, "train")
	return db
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

// Load makes the tables of a release of Glance.
func (db *Database) Load(t testing.TB, release string) {
	t.Helper()
	statements, err := schema(release, db.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	// One transaction, since SQLite syncs the file at the end of each.
	tx, err := db.DB.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, statement := range statements {
		if _, err := tx.Exec(statement); err != nil {
			t.Fatalf("%s: %v\n%s", db.Dialect, err, statement)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
