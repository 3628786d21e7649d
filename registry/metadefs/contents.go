package metadefs

import (
	"context"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// Definitions lists the objects, properties or tags of a namespace in the order in
// which they were made (registry-v2-rpc.md, 9.3 to 9.5).
func (s *Service) Definitions(ctx context.Context, c *access.Caller, k *Kind, namespace string) ([]records.Row, error) {
	n, err := readNamespace(ctx, s.Store, c, namespace, nil)
	if err != nil {
		return nil, err
	}
	return s.Store.Rows(ctx, records.RowQuery{Table: k.table, Where: []records.Condition{n.contents()}, Sort: []records.SortKey{{Column: "id"}}})
}

// CountDefinitions counts the objects, properties or tags of a namespace.
func (s *Service) CountDefinitions(ctx context.Context, c *access.Caller, k *Kind, namespace string) (int64, error) {
	rows, err := s.Definitions(ctx, c, k, namespace)
	return int64(len(rows)), err
}

// Definition reads one object, property or tag of a namespace by its name, in one
// round trip.
func (s *Service) Definition(ctx context.Context, c *access.Caller, k *Kind, namespace, name string) (records.Row, error) {
	n, err := readNamespace(ctx, s.Store, c, namespace, k.join(records.Is(k.name, name)))
	if err != nil {
		return nil, err
	}
	return k.joined(n, name)
}

// join is what belongs to a namespace and matches.
func (k *Kind) join(where records.Condition) *records.Join {
	return &records.Join{Table: k.table, Column: "namespace_id", Of: "id", Where: []records.Condition{where}}
}

// joined is the definition of that name, which was read with its namespace.
func (k *Kind) joined(n *namespaceRow, name string) (records.Row, error) {
	row := n.row.Joined(k.table, "id")
	if row == nil {
		return nil, k.errNotFound(name, n.name)
	}
	return row, nil
}

// CreateDefinition adds an object, property or tag to a namespace.
func (s *Service) CreateDefinition(ctx context.Context, c *access.Caller, k *Kind, namespace string, values *pyjson.Object) (records.Row, error) {
	var created records.Row
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *writer, n *namespaceRow) (err error) {
		created, err = w.insert(k, n, values)
		return err
	})
	return created, err
}

// UpdateDefinition changes an object, property or tag that is found by its numeric
// id, also one of another namespace than the one that is named.
func (s *Service) UpdateDefinition(ctx context.Context, c *access.Caller, k *Kind, namespace string, id any, values *pyjson.Object) (records.Row, error) {
	var row records.Row
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *writer, n *namespaceRow) (err error) {
		if row, err = k.byID(ctx, w.tx, id); err != nil {
			return err
		}
		if err := s.guardContent(c, k, n, row, values); err != nil {
			return err
		}
		if to, given := values.Get("namespace_id"); given && to != nil {
			found, err := w.lockNamespace(to)
			if err != nil {
				return err
			}
			if !found {
				return coerce.BadValue("namespace_id", "is no namespace")
			}
		}
		return w.update(k, n, row, values)
	})
	return row, err
}

// DeleteDefinition removes an object, property or tag and returns its row.
func (s *Service) DeleteDefinition(ctx context.Context, c *access.Caller, k *Kind, namespace, name string) (records.Row, error) {
	var row records.Row
	err := s.changeNamespace(ctx, c, namespace, k.join(records.Is(k.name, name)), func(w *writer, n *namespaceRow) (err error) {
		if row, err = k.joined(n, name); err != nil {
			return err
		}
		matched, err := w.delete(k, row)
		if err == nil && matched == 0 {
			return k.errNotFound(name, namespace)
		}
		return err
	})
	return row, err
}

// DeleteDefinitions removes all objects, properties or tags of a namespace and
// returns how many there were.
func (s *Service) DeleteDefinitions(ctx context.Context, c *access.Caller, k *Kind, namespace string) (int64, error) {
	var deleted int64
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *writer, n *namespaceRow) (err error) {
		deleted, err = w.deleteContents(k.table, n)
		return err
	})
	return deleted, err
}
