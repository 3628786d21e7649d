package registry

import (
	"context"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// Metadefs lists the objects, properties or tags of a namespace in the order in
// which they were made (registry-v2-rpc.md, 9.3 to 9.5).
func (s *Service) Metadefs(ctx context.Context, c *Caller, k *MetadefKind, namespace string) ([]Row, error) {
	n, err := readNamespace(ctx, s.Store, c, namespace, nil)
	if err != nil {
		return nil, err
	}
	return s.Store.Rows(ctx, RowQuery{Table: k.table, Where: []Condition{n.contents()}, Sort: []SortKey{{Column: "id"}}})
}

// CountMetadefs counts the objects, properties or tags of a namespace.
func (s *Service) CountMetadefs(ctx context.Context, c *Caller, k *MetadefKind, namespace string) (int64, error) {
	rows, err := s.Metadefs(ctx, c, k, namespace)
	return int64(len(rows)), err
}

// Metadef reads one object, property or tag of a namespace by its name, in one
// round trip.
func (s *Service) Metadef(ctx context.Context, c *Caller, k *MetadefKind, namespace, name string) (Row, error) {
	n, err := readNamespace(ctx, s.Store, c, namespace, k.join(Is(k.name, name)))
	if err != nil {
		return nil, err
	}
	return k.joined(n, name)
}

// join is what belongs to a namespace and matches.
func (k *MetadefKind) join(where Condition) *Join {
	return &Join{Table: k.table, Column: "namespace_id", Of: "id", Where: []Condition{where}}
}

// joined is the definition of that name, which was read with its namespace.
func (k *MetadefKind) joined(n *namespaceRow, name string) (Row, error) {
	row := n.row.joined(k.table, "id")
	if row == nil {
		return nil, k.errNotFound(name, n.name)
	}
	return row, nil
}

// CreateMetadef adds an object, property or tag to a namespace.
func (s *Service) CreateMetadef(ctx context.Context, c *Caller, k *MetadefKind, namespace string, values *pyjson.Object) (Row, error) {
	var created Row
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *metadefWriter, n *namespaceRow) (err error) {
		created, err = w.insert(k, n, values)
		return err
	})
	return created, err
}

// UpdateMetadef changes an object, property or tag that is found by its numeric
// id, also one of another namespace than the one that is named.
func (s *Service) UpdateMetadef(ctx context.Context, c *Caller, k *MetadefKind, namespace string, id any, values *pyjson.Object) (Row, error) {
	var row Row
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *metadefWriter, n *namespaceRow) (err error) {
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
				return badValue("namespace_id", "is no namespace")
			}
		}
		return w.update(k, n, row, values)
	})
	return row, err
}

// DeleteMetadef removes an object, property or tag and returns its row.
func (s *Service) DeleteMetadef(ctx context.Context, c *Caller, k *MetadefKind, namespace, name string) (Row, error) {
	var row Row
	err := s.changeNamespace(ctx, c, namespace, k.join(Is(k.name, name)), func(w *metadefWriter, n *namespaceRow) (err error) {
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

// DeleteMetadefs removes all objects, properties or tags of a namespace and
// returns how many there were.
func (s *Service) DeleteMetadefs(ctx context.Context, c *Caller, k *MetadefKind, namespace string) (int64, error) {
	var deleted int64
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *metadefWriter, n *namespaceRow) (err error) {
		deleted, err = w.deleteContents(k.table, n)
		return err
	})
	return deleted, err
}
