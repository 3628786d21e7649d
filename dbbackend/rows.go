package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/registry/records"
)

// Rows implements records.Store.
func (b *Backend) Rows(ctx context.Context, q records.RowQuery) ([]records.Row, error) {
	var found []records.Row
	err := b.read(ctx, func(s *schema) (err error) {
		found, err = b.readRows(ctx, b.pool, s, q)
		return err
	})
	return found, err
}

// Rows implements records.Tx.
func (t *tx) Rows(ctx context.Context, q records.RowQuery) ([]records.Row, error) {
	found, err := t.b.readRows(ctx, t.t, t.s, q)
	return found, t.b.writeError(err)
}

func (b *Backend) readRows(ctx context.Context, from session, s *schema, q records.RowQuery) ([]records.Row, error) {
	columns := s.selected(q)
	st, err := b.d.rowStatement(columns, q)
	if err != nil {
		return nil, err
	}
	r, err := b.run(ctx, from, st)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	scanner := newRowScanner(b.d, columns)
	var found []records.Row
	for r.Next() {
		row, err := scanner.scan(r)
		if err != nil {
			return nil, err
		}
		b.odd.judgeRow(q.Table, row, scanner.note)
		found = append(found, row)
	}
	return found, r.Err()
}

// known lists the columns that both this program and the database have.
func (s *schema) known(table records.Table) []records.Column {
	var columns []records.Column
	for _, c := range records.Columns(table) {
		if s.has(string(table), c.Name) {
			columns = append(columns, c)
		}
	}
	return columns
}

// rowScanner reads rows of the same columns.
type rowScanner struct {
	columns []selected
	values  []any  // pointers to pointers to the values, or to a dbTime
	dest    []any  // where Scan puts them
	note    string // what is odd about the row
}

func newRowScanner(d *dialect, columns []selected) *rowScanner {
	s := &rowScanner{columns: columns, values: make([]any, len(columns)), dest: make([]any, len(columns))}
	for n, c := range columns {
		switch c.kind {
		case records.Int32, records.Int64:
			v := new(*int64)
			if s.values[n], s.dest[n] = v, v; !d.strictTypes {
				s.dest[n] = looseInt{v, &s.note}
			}
		case records.Bool:
			v := new(*bool)
			if s.values[n], s.dest[n] = v, v; !d.strictTypes {
				s.dest[n] = looseBool{v, &s.note}
			}
		case records.Time:
			s.values[n] = &dbTime{note: &s.note}
			s.dest[n] = s.values[n]
		default:
			s.values[n] = new(*string)
			s.dest[n] = s.values[n]
		}
	}
	return s
}

func (s *rowScanner) scan(from rows) (records.Row, error) {
	s.note = ""
	if err := from.Scan(s.dest...); err != nil {
		return nil, err
	}
	row := make(records.Row, len(s.columns))
	for n, c := range s.columns {
		row[c.name] = nil
		switch d := s.values[n].(type) {
		case **int64:
			if *d != nil {
				row[c.name] = **d
			}
		case **bool:
			if *d != nil {
				row[c.name] = **d
			}
		case **string:
			if *d != nil {
				row[c.name] = **d
			}
		case *dbTime:
			if d.Valid {
				row[c.name] = d.V
			}
		}
	}
	return row, nil
}
