package metadefs

import (
	"context"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// namespaceRow is a namespace that a command names.
type namespaceRow struct {
	row  records.Row
	name string // as the caller wrote it, which is what errors say
}

func (n *namespaceRow) text() string {
	if n == nil {
		return ""
	}
	return n.name
}

// contents is the condition that a row belongs to the namespace.
func (n *namespaceRow) contents() records.Condition { return records.Is("namespace_id", n.row["id"]) }

// readNamespace finds a namespace by its name, as the database compares names,
// and checks that the caller may see it. join is read with it.
func readNamespace(ctx context.Context, from records.RowReader, c *access.Caller, name string, join *records.Join) (*namespaceRow, error) {
	rows, err := from.Rows(ctx, records.RowQuery{Table: records.MetadefNamespaces, Where: []records.Condition{records.Is("namespace", name)}, Join: join})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, Namespace.errNotFound(name, "")
	}
	return &namespaceRow{rows[0], name}, checkNamespaceVisible(c, rows[0], name)
}

// checkNamespaceVisible asks for the right to see a namespace, which is the
// right to change it and what it contains, too (registry-v2-rpc.md, 9.1).
func checkNamespaceVisible(c *access.Caller, row records.Row, name string) error {
	if c.Admin || row["owner"] == nil || row["visibility"] == records.Public || c.Owner.Valid && row["owner"] == c.Owner.V {
		return nil
	}
	return records.Errorf(records.MetadefForbidden, "Forbidding request, metadata definition namespace=%s is not visible.", name)
}

// Namespace reads a namespace of metadata definitions.
func (s *Service) Namespace(ctx context.Context, c *access.Caller, name string) (records.Row, error) {
	n, err := readNamespace(ctx, s.Store, c, name, nil)
	if err != nil {
		return nil, err
	}
	return n.row, nil
}

// CreateNamespace adds a namespace.
func (s *Service) CreateNamespace(ctx context.Context, c *access.Caller, values *pyjson.Object) (records.Row, error) {
	var created records.Row
	err := s.change(ctx, c, func(w *writer) error {
		owner, _ := values.Get("owner")
		name, _ := values.Get("namespace")
		err := s.guardOwner(c, owner, coerce.TextOf(name))
		if err != nil {
			return err
		}
		created, err = w.insert(Namespace, nil, values)
		return err
	})
	return created, err
}

// UpdateNamespace changes a namespace that is found by its numeric id.
func (s *Service) UpdateNamespace(ctx context.Context, c *access.Caller, id any, values *pyjson.Object) (records.Row, error) {
	var row records.Row
	err := s.change(ctx, c, func(w *writer) (err error) {
		if _, err := w.lockNamespace(id); err != nil {
			return err
		}
		if row, err = Namespace.byID(ctx, w.tx, id); err != nil {
			return err
		}
		if err := checkNamespaceVisible(c, row, row.Text("namespace")); err != nil {
			return err
		}
		if err := s.guardNamespace(c, row); err != nil {
			return err
		}
		if owner, given := values.Get("owner"); given {
			if err := s.guardOwner(c, owner, row.Text("namespace")); err != nil {
				return err
			}
		}
		return w.update(Namespace, nil, row, values)
	})
	return row, err
}

// DeleteNamespace removes a namespace with everything in it and returns its row.
// Resource types are in none.
func (s *Service) DeleteNamespace(ctx context.Context, c *access.Caller, name string) (records.Row, error) {
	var row records.Row
	err := s.changeNamespace(ctx, c, name, nil, func(w *writer, n *namespaceRow) error {
		row = n.row
		for _, table := range []records.Table{records.MetadefTags, records.MetadefObjects, records.MetadefProperties, records.MetadefNamespaceResourceType} {
			if _, err := w.deleteContents(table, n); err != nil {
				return err
			}
		}
		matched, err := w.delete(Namespace, row)
		if err == nil && matched == 0 {
			return Namespace.errNotFound(name, "")
		}
		return referred(err, name)
	})
	return row, err
}

// referred is the error where another request added to a namespace while it was being
// deleted.
func referred(err error, name string) error {
	if records.IsKind(err, records.BadValue) {
		return records.Errorf(records.MetadefIntegrityError,
			"The metadata definition namespace with name=%s not deleted. Other records still refer to it.", name)
	}
	return err
}

func (w *writer) deleteContents(table records.Table, n *namespaceRow) (int64, error) {
	return w.tx.Delete(w.ctx, table, records.Values{{Column: "namespace_id", Value: n.row["id"]}})
}

// changeNamespace runs f in a transaction with a namespace that the caller may
// change, under the lock of the namespace; join is read with it.
func (s *Service) changeNamespace(ctx context.Context, c *access.Caller, name string, join *records.Join, f func(*writer, *namespaceRow) error) error {
	return s.change(ctx, c, func(w *writer) error {
		if _, err := w.tx.Lock(ctx, records.MetadefNamespaces, records.Values{{Column: "namespace", Value: name}}); err != nil {
			return err
		}
		n, err := readNamespace(ctx, w.tx, c, name, join)
		if err != nil {
			return err
		}
		if err := s.guardNamespace(c, n.row); err != nil {
			return err
		}
		return f(w, n)
	})
}
