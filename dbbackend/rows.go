package dbbackend

import (
	"context"

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
	var found []registry.Row
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
func (s *schema) known(table registry.Table) []registry.Column {
	var columns []registry.Column
	for _, c := range registry.Columns(table) {
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
		case registry.Int32, registry.Int64:
			v := new(*int64)
			if s.values[n], s.dest[n] = v, v; !d.strictTypes {
				s.dest[n] = looseInt{v, &s.note}
			}
		case registry.Bool:
			v := new(*bool)
			if s.values[n], s.dest[n] = v, v; !d.strictTypes {
				s.dest[n] = looseBool{v, &s.note}
			}
		case registry.Time:
			s.values[n] = &dbTime{note: &s.note}
			s.dest[n] = s.values[n]
		default:
			s.values[n] = new(*string)
			s.dest[n] = s.values[n]
		}
	}
	return s
}

func (s *rowScanner) scan(from rows) (registry.Row, error) {
	s.note = ""
	if err := from.Scan(s.dest...); err != nil {
		return nil, err
	}
	row := make(registry.Row, len(s.columns))
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
