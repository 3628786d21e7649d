package metadefs

import (
	"context"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

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
