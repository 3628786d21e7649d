package dbbackend

import (
	"context"
	"strconv"

	"github.com/glancegate/glancegate/registry"
)

// Rows implements registry.Store.
func (b *Backend) Rows(ctx context.Context, q registry.RowQuery) ([]registry.Row, error) {
	var found []registry.Row
	err := b.read(ctx, func(s *schema) (err error) {
		found, err = b.readRows(ctx, b.pool, s, q)
		return err
	})
	return found, err
}

// Rows implements registry.Tx.
func (t *tx) Rows(ctx context.Context, q registry.RowQuery) ([]registry.Row, error) {
	found, err := t.b.readRows(ctx, t.t, t.s, q)
	return found, t.b.writeError(err)
}

func (b *Backend) readRows(ctx context.Context, from session, s *schema, q registry.RowQuery) ([]registry.Row, error) {
	columns := s.known(q.Table)
	st, err := b.d.rowStatement(columns, q)
	if err != nil {
		return nil, err
	}
	r, err := b.run(ctx, from, st)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	scanner := newRowScanner(columns)
	var found []registry.Row
	for r.Next() {
		row, err := scanner.scan(r)
		if err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, r.Err()
}

// known lists the columns that both this program and the database have.
func (s *schema) known(table registry.Table) []registry.Column {
	var columns []registry.Column
	for _, c := range registry.Columns(table) {
		if s.has(string(table), c.Name) {
			columns = append(columns, c)
		}
	}
	return columns
}

func (d *dialect) rowStatement(columns []registry.Column, q registry.RowQuery) (*statement, error) {
	st := d.statement("select_" + string(q.Table)).sql("SELECT ")
	for n, c := range columns {
		if n > 0 {
			st.sql(", ")
		}
		st.sql("i.", c.Name)
	}
	st.sql(" FROM ", string(q.Table), " i WHERE 1 = 1")
	for _, c := range q.Where {
		st.sql(" AND ")
		if err := d.rowCondition(st, q.Table, c); err != nil {
			return nil, err
		}
	}
	for n, c := range q.Either {
		if n == 0 {
			st.sql(" AND (")
		} else {
			st.sql(" OR ")
		}
		if err := d.rowCondition(st, q.Table, c); err != nil {
			return nil, err
		}
	}
	if len(q.Either) > 0 {
		st.sql(")")
	}
	if q.Marker != nil {
		st.sql(" AND (")
		d.after(st, q.Table, q.Sort, func(column string) any { return q.Marker[column] })
		st.sql(")")
	}
	d.orderBy(st, q.Sort, func(column string) string { return "i." + column })
	if q.Limit > 0 {
		st.sql(" LIMIT ", strconv.Itoa(q.Limit))
	}
	return st, nil
}

func (d *dialect) rowCondition(st *statement, table registry.Table, c registry.Condition) error {
	column, known := registry.ColumnOf(table, c.Column)
	if !known {
		return registry.Errorf(registry.BadValue, "%s is no column of %s", c.Column, table)
	}
	return d.compare(st, "i."+c.Column, column.Kind, c)
}

// rowScanner reads rows of the same columns.
type rowScanner struct {
	columns []registry.Column
	dest    []any
}

func newRowScanner(columns []registry.Column) *rowScanner {
	s := &rowScanner{columns: columns, dest: make([]any, len(columns))}
	for n, c := range columns {
		switch c.Kind {
		case registry.Int32, registry.Int64:
			s.dest[n] = new(*int64)
		case registry.Bool:
			s.dest[n] = new(*bool)
		case registry.Time:
			s.dest[n] = new(dbTime)
		default:
			s.dest[n] = new(*string)
		}
	}
	return s
}

func (s *rowScanner) scan(from rows) (registry.Row, error) {
	if err := from.Scan(s.dest...); err != nil {
		return nil, err
	}
	row := make(registry.Row, len(s.columns))
	for n, c := range s.columns {
		row[c.Name] = nil
		switch d := s.dest[n].(type) {
		case **int64:
			if *d != nil {
				row[c.Name] = **d
			}
		case **bool:
			if *d != nil {
				row[c.Name] = **d
			}
		case **string:
			if *d != nil {
				row[c.Name] = **d
			}
		case *dbTime:
			if d.Valid {
				row[c.Name] = d.V
			}
		}
	}
	return row, nil
}
