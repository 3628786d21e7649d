package registry

import (
	"context"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// MetadefTags reads one page of the tags of a namespace. The marker is found
// together with the namespace, so it must be one of its tags.
func (s *Service) MetadefTags(ctx context.Context, c *Caller, namespace string, page *MetadefPage) ([]Row, error) {
	var join *Join
	marker := rowIDOf(page.Marker)
	if marker.given {
		join = MetadefTag.join(Is("id", marker.id))
	}
	n, err := readNamespace(ctx, s.Store, c, namespace, join)
	if err != nil {
		return nil, err
	}
	q := RowQuery{Table: MetadefTags, Where: []Condition{n.contents()}, Limit: page.Limit}
	if marker.given {
		if q.Marker = n.row.joined(MetadefTags, "id"); q.Marker == nil {
			return nil, MetadefTag.errNoSuchID(marker.text)
		}
	}
	return s.metadefPage(ctx, &q, page)
}

// ReplaceMetadefTags makes a list the tags of a namespace, in one transaction,
// and returns their rows. An empty list changes nothing, and any namespace will
// do for it (registry-v2-rpc.md, 9.5).
func (s *Service) ReplaceMetadefTags(ctx context.Context, c *Caller, namespace string, tags []any) ([]Row, error) {
	if err := s.CheckWritable(c); err != nil || len(tags) == 0 {
		return nil, err
	}
	var created []Row
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *metadefWriter, n *namespaceRow) error {
		created = nil
		if _, err := w.deleteContents(MetadefTags, n); err != nil {
			return err
		}
		for _, tag := range tags {
			values, ok := tag.(*pyjson.Object)
			if !ok {
				return badValue("tag_list", "must be a list of objects")
			}
			row, err := w.insert(MetadefTag, n, values)
			if err != nil {
				return err
			}
			created = append(created, row)
		}
		return nil
	})
	return created, err
}
