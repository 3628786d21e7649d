package registry

import (
	"context"
	"time"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// metadefWriter writes metadata definitions inside a transaction.
type metadefWriter struct {
	ctx context.Context
	tx  Tx
	now time.Time
}

// changeMetadefs runs f in a transaction.
func (s *Service) changeMetadefs(ctx context.Context, c *Caller, f func(*metadefWriter) error) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	now := s.now()
	return s.Store.InTx(ctx, func(tx Tx) error { return f(&metadefWriter{ctx: ctx, tx: tx, now: now}) })
}

// lockNamespace locks a namespace by its numeric id and tells whether there is
// one.
func (w *metadefWriter) lockNamespace(id any) (found bool, err error) {
	r := rowIDOf(id)
	if !r.given || r.id < 0 {
		return false, nil
	}
	n, err := w.tx.Lock(w.ctx, MetadefNamespaces, Values{{Column: "id", Value: r.id}})
	return n > 0, err
}

// byID reads a definition by its numeric id.
func (k *MetadefKind) byID(ctx context.Context, from rowReader, id any) (Row, error) {
	r := rowIDOf(id)
	if !r.given {
		return nil, k.errNoSuchID(textOf(nil))
	}
	rows, err := from.Rows(ctx, RowQuery{Table: k.table, Where: []Condition{Is("id", r.id)}})
	if err == nil && len(rows) == 0 {
		err = k.errNoSuchID(r.text)
	}
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// insert adds a definition to a namespace (nil for what is in none) and returns
// its row. The times in the values do not matter, nor does an id: the database
// makes those.
func (w *metadefWriter) insert(k *MetadefKind, in *namespaceRow, values *pyjson.Object) (Row, error) {
	values = without(values, "id", "created_at", "updated_at")
	defaults := append(Values{{Column: "created_at", Value: w.now}, {Column: "updated_at", Value: w.now}}, k.defaults...)
	if in != nil {
		values.Delete("namespace_id")
		defaults.Set("namespace_id", in.row["id"])
	}
	columns, err := newRow(k.table, values, defaults)
	if err != nil {
		return nil, err
	}
	id, err := w.tx.Insert(w.ctx, k.table, columns)
	if err != nil {
		name, _ := values.Get(k.name)
		return nil, k.errTaken(err, textOf(name), in.text())
	}
	row := Row{}
	for _, c := range Columns(k.table) {
		row[c.Name] = nil
	}
	row["id"] = id
	row.remember(columns, values)
	return row, nil
}

// update writes the values that differ over a row, which becomes what it is
// then, and the time of the change if there was one.
func (w *metadefWriter) update(k *MetadefKind, in *namespaceRow, row Row, values *pyjson.Object) error {
	values = without(values, "id", "created_at", "updated_at")
	set, err := columnsOf(k.table, values)
	if err != nil {
		return err
	}
	if set = row.changes(set); len(set) == 0 {
		return nil
	}
	set.Set("updated_at", w.now)
	matched, err := w.tx.Update(w.ctx, k.table, Values{{Column: "id", Value: row["id"]}}, set)
	if err != nil {
		name, _ := values.Get(k.name)
		return k.errCollides(err, row.Text(k.name), in.text(), textOf(name))
	}
	if matched == 0 {
		return k.errNoSuchID(textOf(row["id"]))
	}
	row.remember(set, values)
	return nil
}

// delete removes a row.
func (w *metadefWriter) delete(k *MetadefKind, row Row) (int64, error) {
	return w.tx.Delete(w.ctx, k.table, Values{{Column: "id", Value: row["id"]}})
}
