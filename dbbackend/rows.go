package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/scan"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/records"
)

// Rows implements records.Store.
func (b *Backend) Rows(ctx context.Context, q records.RowQuery) ([]records.Row, error) {
	var found []records.Row
	err := b.read(ctx, func(s *sqltext.Schema) (err error) {
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

func (b *Backend) readRows(ctx context.Context, from pool.Session, s *sqltext.Schema, q records.RowQuery) ([]records.Row, error) {
	columns := s.Selected(q)
	st, err := b.d.RowStatement(columns, q)
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
		b.odd.checkRow(q.Table, row, scanner.note)
		found = append(found, row)
	}
	return found, r.Err()
}

// rowScanner reads rows with the same columns.
type rowScanner struct {
	columns []sqltext.SelectedColumn
	values  []any  // pointers to pointers to the values, or to a dbTime
	dest    []any  // for Scan
	note    string // a problem of the row, or ""
}

func newRowScanner(d *sqltext.Dialect, columns []sqltext.SelectedColumn) *rowScanner {
	s := &rowScanner{columns: columns, values: make([]any, len(columns)), dest: make([]any, len(columns))}
	for n, c := range columns {
		switch c.Kind {
		case records.Int32, records.Int64:
			v := new(*int64)
			if s.values[n], s.dest[n] = v, v; !d.StrictTypes {
				s.dest[n] = scan.Int{To: v, Note: &s.note}
			}
		case records.Bool:
			v := new(*bool)
			if s.values[n], s.dest[n] = v, v; !d.StrictTypes {
				s.dest[n] = scan.Bool{To: v, Note: &s.note}
			}
		case records.Time:
			s.values[n] = &scan.Time{Note: &s.note}
			s.dest[n] = s.values[n]
		default:
			s.values[n] = new(*string)
			s.dest[n] = s.values[n]
		}
	}
	return s
}

func (s *rowScanner) scan(from pool.Rows) (records.Row, error) {
	s.note = ""
	if err := from.Scan(s.dest...); err != nil {
		return nil, err
	}
	row := make(records.Row, len(s.columns))
	for n, c := range s.columns {
		row[c.Name] = nil
		switch d := s.values[n].(type) {
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
		case *scan.Time:
			if d.Valid {
				row[c.Name] = d.V
			}
		}
	}
	return row, nil
}
