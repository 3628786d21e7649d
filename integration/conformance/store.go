package conformance

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

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
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	return columns, rows.Err()
}

func (s *store) close() error { return s.conn.Close() }

// table is one of Glance's tables.
type table struct {
	name     string
	key      []string // columns of the primary key
	children []string // tables that refer to this one
	counted  bool     // the database numbers new rows itself
}

// tables stand in an order in which rows may be inserted.
var tables = []table{
	{"images", id, []string{"image_properties", "image_tags", "image_locations", "image_members"}, false},
	{"image_properties", id, nil, true},
	{"image_tags", id, nil, true},
	{"image_locations", id, nil, true},
	{"image_members", id, nil, true},
	{"tasks", id, []string{"task_info"}, false},
	{"task_info", []string{"task_id"}, nil, false},
	{"metadef_namespaces", id, []string{"metadef_namespace_resource_types", "metadef_objects", "metadef_properties", "metadef_tags"}, true},
	{"metadef_resource_types", id, []string{"metadef_namespace_resource_types"}, true},
	{"metadef_namespace_resource_types", []string{"resource_type_id", "namespace_id"}, nil, false},
	{"metadef_objects", id, nil, true},
	{"metadef_properties", id, nil, true},
	{"metadef_tags", id, nil, true},
}

var id = []string{"id"}

// firstNewID is the number of the next new row, far from those of the datasets.
const firstNewID = 100001

// Columns that the three databases represent differently, and those that hold
// JSON as text.
var (
	boolColumns = []string{"deleted", "protected", "os_hidden", "can_share", isPublic}
	timeColumns = []string{"created_at", "updated_at", "deleted_at", "expires_at"}
	jsonColumns = []string{"meta_data", "json_schema", "input", "result"}
)

func isBool(column string) bool { return slices.Contains(boolColumns, column) }
func isTime(column string) bool { return slices.Contains(timeColumns, column) }
func isJSON(column string) bool { return slices.Contains(jsonColumns, column) }

// batch is a transaction that remembers its first error and then does nothing
// more.
type batch struct {
	*store
	ctx context.Context
	tx  *sql.Tx
	err error
}

func (s *store) begin(ctx context.Context) *batch {
	tx, err := s.conn.BeginTx(ctx, nil)
	return &batch{store: s, ctx: ctx, tx: tx, err: err}
}

// end commits, or undoes everything after an error.
func (b *batch) end() error {
	if b.err == nil {
		return b.tx.Commit()
	}
	if b.tx != nil {
		_ = b.tx.Rollback()
	}
	return b.err
}

func (b *batch) exec(statement string, args ...any) {
	if b.err != nil {
		return
	}
	if _, err := b.tx.ExecContext(b.ctx, statement, args...); err != nil {
		b.err = fmt.Errorf("%w: %.200s", err, statement)
	}
}

// insert adds rows, some hundred with each statement.
func (b *batch) insert(t table, rows []row) {
	const most = 500
	columns := b.columns[t.name]
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = b.quote(c)
	}
	for len(rows) > 0 {
		part := rows[:min(most, len(rows))]
		rows = rows[len(part):]
		var tuples []string
		var args []any
		for _, r := range part {
			tuples = append(tuples, "("+b.marks(len(args), len(columns))+")")
			args = append(args, b.arguments(columns, r)...)
		}
		b.exec("INSERT INTO "+b.quote(t.name)+" ("+strings.Join(names, ",")+") VALUES "+strings.Join(tuples, ","), args...)
	}
}

// quote makes an SQL identifier of a name.
func (s *store) quote(name string) string {
	if s.dialect == servers.MySQL {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

// marks are the placeholders of n arguments, after so many before them.
func (s *store) marks(before, n int) string {
	if s.dialect != servers.PostgreSQL {
		return strings.TrimSuffix(strings.Repeat("?,", n), ",")
	}
	marks := make([]string, n)
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", before+i+1)
	}
	return strings.Join(marks, ",")
}

// arguments are the cells of a row as the database wants them.
func (s *store) arguments(columns []string, r row) []any {
	args := make([]any, len(r))
	for i, v := range r {
		switch v := v.(type) {
		case json.Number:
			args[i], _ = v.Int64() // datasets have whole numbers only
		case bool:
			args[i] = v
			if s.dialect != servers.PostgreSQL {
				args[i] = map[bool]int64{false: 0, true: 1}[v]
			}
		case string:
			args[i] = v
			if isTime(columns[i]) {
				args[i] = s.time(v)
			}
		default:
			args[i] = v
		}
	}
	return args
}

// time writes a time as the original does; in SQLite it is text, with a fraction.
func (s *store) time(v string) string {
	v = strings.Replace(v, "T", " ", 1)
	if s.dialect == servers.SQLite && !strings.Contains(v, ".") {
		v += ".000000"
	}
	return v
}
