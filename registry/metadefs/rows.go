package metadefs

import (
	"context"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// writer writes metadata definitions inside a transaction.
type writer struct {
	ctx context.Context
	tx  records.Tx
	now time.Time
}

// change runs f in a transaction.
func (s *Service) change(ctx context.Context, c *access.Caller, f func(*writer) error) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	now := records.Now(s.Now)
	return s.Store.InTx(ctx, func(tx records.Tx) error { return f(&writer{ctx: ctx, tx: tx, now: now}) })
}

// lockNamespace locks a namespace by its numeric id and reports whether there is
// one.
func (w *writer) lockNamespace(id any) (found bool, err error) {
	r := coerce.RowIDOf(id)
	if !r.Given || r.ID < 0 {
		return false, nil
	}
	n, err := w.tx.Lock(w.ctx, records.MetadefNamespaces, records.Values{{Column: "id", Value: r.ID}})
	return n > 0, err
}

// byID reads a definition by its numeric id.
func (k *Kind) byID(ctx context.Context, from records.RowReader, id any) (records.Row, error) {
	r := coerce.RowIDOf(id)
	if !r.Given {
		return nil, k.errNoSuchID(coerce.TextOf(nil))
	}
	rows, err := from.Rows(ctx, records.RowQuery{Table: k.table, Where: []records.Condition{records.Is("id", r.ID)}})
	if err == nil && len(rows) == 0 {
		err = k.errNoSuchID(r.Text)
	}
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// insert adds a definition to a namespace (nil for what is in none) and returns
// its row. The times in the values do not matter, nor does an id: the database
// makes those.
func (w *writer) insert(k *Kind, in *namespaceRow, values *pyjson.Object) (records.Row, error) {
	values = coerce.Without(values, "id", "created_at", "updated_at")
	defaults := append(records.Values{{Column: "created_at", Value: w.now}, {Column: "updated_at", Value: w.now}}, k.defaults...)
	if in != nil {
		values.Delete("namespace_id")
		defaults.Set("namespace_id", in.row["id"])
	}
	columns, err := coerce.NewRow(k.table, values, defaults)
	if err != nil {
		return nil, err
	}
	id, err := w.tx.Insert(w.ctx, k.table, columns)
	if err != nil {
		name, _ := values.Get(k.name)
		return nil, k.errTaken(err, coerce.TextOf(name), in.text())
	}
	row := records.Row{}
	for _, c := range records.Columns(k.table) {
		row[c.Name] = nil
	}
	row["id"] = id
	coerce.Remember(row, columns, values)
	return row, nil
}

// update writes the values that differ over a row, which becomes what it is
// then, and the time of the change if there was one.
func (w *writer) update(k *Kind, in *namespaceRow, row records.Row, values *pyjson.Object) error {
	values = coerce.Without(values, "id", "created_at", "updated_at")
	set, err := coerce.Columns(k.table, values)
	if err != nil {
		return err
	}
	if set = row.Changes(set); len(set) == 0 {
		return nil
	}
	set.Set("updated_at", w.now)
	matched, err := w.tx.Update(w.ctx, k.table, records.Values{{Column: "id", Value: row["id"]}}, set)
	if err != nil {
		name, _ := values.Get(k.name)
		return k.errCollides(err, row.Text(k.name), in.text(), coerce.TextOf(name))
	}
	if matched == 0 {
		return k.errNoSuchID(coerce.TextOf(row["id"]))
	}
	coerce.Remember(row, set, values)
	return nil
}

// delete removes a row.
func (w *writer) delete(k *Kind, row records.Row) (int64, error) {
	return w.tx.Delete(w.ctx, k.table, records.Values{{Column: "id", Value: row["id"]}})
}
