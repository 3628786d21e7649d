package registry

import (
	"context"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// ResourceTypes lists all resource types in the order in which they were
// made (registry-v2-rpc.md, 9.6).
func (s *Service) ResourceTypes(ctx context.Context) ([]Row, error) {
	return s.Store.Rows(ctx, RowQuery{Table: MetadefResourceTypes, Sort: []SortKey{{Column: "id"}}})
}

// ResourceType reads a resource type by its name.
func (s *Service) ResourceType(ctx context.Context, name string) (Row, error) {
	return readResourceType(ctx, s.Store, name, nil)
}

func readResourceType(ctx context.Context, from rowReader, name string, join *Join) (Row, error) {
	rows, err := from.Rows(ctx, RowQuery{Table: MetadefResourceTypes, Where: []Condition{Is("name", name)}, Join: join})
	if err == nil && len(rows) == 0 {
		err = MetadefResourceType.errNotFound(name, "")
	}
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// CreateResourceType adds a resource type.
func (s *Service) CreateResourceType(ctx context.Context, c *Caller, values *pyjson.Object) (Row, error) {
	if err := s.guardResourceTypes(c); err != nil {
		return nil, err
	}
	var created Row
	err := s.changeMetadefs(ctx, c, func(w *metadefWriter) (err error) {
		created, err = w.insert(MetadefResourceType, nil, values)
		return err
	})
	return created, err
}

// DeleteResourceType fails, as it did in every release of the original, for
// resource types that there are and for others.
func (s *Service) DeleteResourceType(ctx context.Context, c *Caller, name string) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	if _, err := s.ResourceType(ctx, name); err != nil {
		return err
	}
	return Errorf(BadValue, "resource types can't be deleted")
}
