package metadefs

import (
	"context"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// ResourceTypes lists all resource types in the order in which they were
// made (registry-v2-rpc.md, 9.6).
func (s *Service) ResourceTypes(ctx context.Context) ([]records.Row, error) {
	return s.Store.Rows(ctx, records.RowQuery{Table: records.MetadefResourceTypes, Sort: []records.SortKey{{Column: "id"}}})
}

// ResourceType reads a resource type by its name.
func (s *Service) ResourceType(ctx context.Context, name string) (records.Row, error) {
	return readResourceType(ctx, s.Store, name, nil)
}

func readResourceType(ctx context.Context, from records.RowReader, name string, join *records.Join) (records.Row, error) {
	rows, err := from.Rows(ctx, records.RowQuery{Table: records.MetadefResourceTypes, Where: []records.Condition{records.Is("name", name)}, Join: join})
	if err == nil && len(rows) == 0 {
		err = ResourceType.errNotFound(name, "")
	}
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// CreateResourceType adds a resource type.
func (s *Service) CreateResourceType(ctx context.Context, c *access.Caller, values *pyjson.Object) (records.Row, error) {
	if err := s.guardResourceTypes(c); err != nil {
		return nil, err
	}
	var created records.Row
	err := s.change(ctx, c, func(w *writer) (err error) {
		created, err = w.insert(ResourceType, nil, values)
		return err
	})
	return created, err
}

// DeleteResourceType fails, as it did in every release of the original, for
// resource types that there are and for others.
func (s *Service) DeleteResourceType(ctx context.Context, c *access.Caller, name string) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	if _, err := s.ResourceType(ctx, name); err != nil {
		return err
	}
	return records.Errorf(records.BadValue, "resource types can't be deleted")
}
