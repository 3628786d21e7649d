package registry

import (
	"context"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// namespaceRow is a namespace that a command names.
type namespaceRow struct {
	row  Row
	name string // as the caller wrote it, which is what errors say
}

func (n *namespaceRow) text() string {
	if n == nil {
		return ""
	}
	return n.name
}

// contents is the condition that a row belongs to the namespace.
func (n *namespaceRow) contents() Condition { return Is("namespace_id", n.row["id"]) }

// readNamespace finds a namespace by its name, as the database compares names,
// and checks that the caller may see it. join is read with it.
func readNamespace(ctx context.Context, from rowReader, c *Caller, name string, join *Join) (*namespaceRow, error) {
	rows, err := from.Rows(ctx, RowQuery{Table: MetadefNamespaces, Where: []Condition{Is("namespace", name)}, Join: join})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, MetadefNamespace.errNotFound(name, "")
	}
	return &namespaceRow{rows[0], name}, checkNamespaceVisible(c, rows[0], name)
}

// checkNamespaceVisible asks for the right to see a namespace, which is the
// right to change it and what it contains, too (registry-v2-rpc.md, 9.1).
func checkNamespaceVisible(c *Caller, row Row, name string) error {
	if c.Admin || row["owner"] == nil || row["visibility"] == Public || c.Owner.Valid && row["owner"] == c.Owner.V {
		return nil
	}
	return Errorf(MetadefForbidden, "Forbidding request, metadata definition namespace=%s is not visible.", name)
}

// Namespace reads a namespace of metadata definitions.
func (s *Service) Namespace(ctx context.Context, c *Caller, name string) (Row, error) {
	n, err := readNamespace(ctx, s.Store, c, name, nil)
	if err != nil {
		return nil, err
	}
	return n.row, nil
}

// CreateNamespace adds a namespace.
func (s *Service) CreateNamespace(ctx context.Context, c *Caller, values *pyjson.Object) (Row, error) {
	var created Row
	err := s.changeMetadefs(ctx, c, func(w *metadefWriter) error {
		owner, _ := values.Get("owner")
		name, _ := values.Get("namespace")
		err := s.guardOwner(c, owner, textOf(name))
		if err != nil {
			return err
		}
		created, err = w.insert(MetadefNamespace, nil, values)
		return err
	})
	return created, err
}

// UpdateNamespace changes a namespace that is found by its numeric id.
func (s *Service) UpdateNamespace(ctx context.Context, c *Caller, id any, values *pyjson.Object) (Row, error) {
	var row Row
	err := s.changeMetadefs(ctx, c, func(w *metadefWriter) (err error) {
		if _, err := w.lockNamespace(id); err != nil {
			return err
		}
		if row, err = MetadefNamespace.byID(ctx, w.tx, id); err != nil {
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
		return w.update(MetadefNamespace, nil, row, values)
	})
	return row, err
}

// DeleteNamespace removes a namespace with everything in it and returns its row.
// Resource types are in none.
func (s *Service) DeleteNamespace(ctx context.Context, c *Caller, name string) (Row, error) {
	var row Row
	err := s.changeNamespace(ctx, c, name, nil, func(w *metadefWriter, n *namespaceRow) error {
		row = n.row
		for _, table := range []Table{MetadefTags, MetadefObjects, MetadefProperties, MetadefNamespaceResourceType} {
			if _, err := w.deleteContents(table, n); err != nil {
				return err
			}
		}
		matched, err := w.delete(MetadefNamespace, row)
		if err == nil && matched == 0 {
			return MetadefNamespace.errNotFound(name, "")
		}
		return referred(err, name)
	})
	return row, err
}

// referred is the error where somebody added to a namespace while it was being
// deleted.
func referred(err error, name string) error {
	if isKind(err, BadValue) {
		return Errorf(MetadefIntegrityError,
			"The metadata definition namespace with name=%s not deleted. Other records still refer to it.", name)
	}
	return err
}

func (w *metadefWriter) deleteContents(table Table, n *namespaceRow) (int64, error) {
	return w.tx.Delete(w.ctx, table, Values{{Column: "namespace_id", Value: n.row["id"]}})
}

// changeNamespace runs f in a transaction with a namespace that the caller may
// change, under the lock of the namespace; join is read with it.
func (s *Service) changeNamespace(ctx context.Context, c *Caller, name string, join *Join, f func(*metadefWriter, *namespaceRow) error) error {
	return s.changeMetadefs(ctx, c, func(w *metadefWriter) error {
		if _, err := w.tx.Lock(ctx, MetadefNamespaces, Values{{Column: "namespace", Value: name}}); err != nil {
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
