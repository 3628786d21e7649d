package conformance

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

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
