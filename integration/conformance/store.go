package conformance

import (
	"context"
	"database/sql"

	"github.com/glancegate/glancegate/integration/servers"
)

// store is the replay's own access to the database behind the gateway: it loads
// datasets, sees what a request changed, and undoes it.
type store struct {
	dialect  servers.Kind
	conn     *sql.Conn
	columns  map[string][]string // by table
	loaded   string              // name of the dataset
	pristine snapshot            // its rows
	seen     snapshot            // the rows at the last look
	set      *Dataset            // with the name that is loaded
	schema   *schema
}

func newStore(ctx context.Context, db *servers.Database) (*store, error) {
	// One connection, since the settings below are those of a connection.
	conn, err := db.DB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &store{dialect: db.Dialect, conn: conn, columns: map[string][]string{}}
	settings := map[servers.Kind]string{
		servers.MySQL:      "SET FOREIGN_KEY_CHECKS=0, innodb_lock_wait_timeout=10",
		servers.PostgreSQL: "SET lock_timeout='10s'",
		servers.SQLite:     "PRAGMA foreign_keys=OFF",
	}
	if _, err := conn.ExecContext(ctx, settings[s.dialect]); err != nil {
		return nil, err
	}
	for _, t := range tables {
		if s.columns[t.name], err = s.columnsOf(ctx, t); err != nil {
			return nil, err
		}
	}
	return s, s.compareWithRecord()
}

// differs gives the schema and the dataset that is loaded.
func (s *store) differs() (*schema, *Dataset) { return s.schema, s.set }

func (s *store) columnsOf(ctx context.Context, t table) ([]string, error) {
	rows, err := s.conn.QueryContext(ctx, "SELECT * FROM "+s.quote(t.name)+" WHERE 1=0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}

func (s *store) close() error { return s.conn.Close() }
