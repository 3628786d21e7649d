package metadefs

import (
	"context"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
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

// Tags reads one page of the tags of a namespace. The marker is found
// together with the namespace, so it must be one of its tags.
func (s *Service) Tags(ctx context.Context, c *access.Caller, namespace string, page *Page) ([]records.Row, error) {
	var join *records.Join
	marker := coerce.RowIDOf(page.Marker)
	if marker.Given {
		join = Tag.join(records.Is("id", marker.ID))
	}
	n, err := readNamespace(ctx, s.Store, c, namespace, join)
	if err != nil {
		return nil, err
	}
	q := records.RowQuery{Table: records.MetadefTags, Where: []records.Condition{n.contents()}, Limit: page.Limit}
	if marker.Given {
		if q.Marker = n.row.Joined(records.MetadefTags, "id"); q.Marker == nil {
			return nil, Tag.errNoSuchID(marker.Text)
		}
	}
	return s.page(ctx, &q, page)
}

// ReplaceTags makes a list the tags of a namespace, in one transaction,
// and returns their rows. An empty list changes nothing, and any namespace will
// do for it (registry-v2-rpc.md, 9.5).
func (s *Service) ReplaceTags(ctx context.Context, c *access.Caller, namespace string, tags []any) ([]records.Row, error) {
	if err := s.CheckWritable(c); err != nil || len(tags) == 0 {
		return nil, err
	}
	var created []records.Row
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *writer, n *namespaceRow) error {
		created = nil
		if _, err := w.deleteContents(records.MetadefTags, n); err != nil {
			return err
		}
		for _, tag := range tags {
			values, ok := tag.(*pyjson.Object)
			if !ok {
				return coerce.BadValue("tag_list", "must be a list of objects")
			}
			row, err := w.insert(Tag, n, values)
			if err != nil {
				return err
			}
			created = append(created, row)
		}
		return nil
	})
	return created, err
}
