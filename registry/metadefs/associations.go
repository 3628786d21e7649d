package metadefs

import (
	"context"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// An association is answered with the name of its resource type and without ids
// (registry-v2-rpc.md, 9.7).

// Associations lists the associations of a namespace with resource types.
func (s *Service) Associations(ctx context.Context, c *access.Caller, namespace string) ([]records.Row, error) {
	n, err := readNamespace(ctx, s.Store, c, namespace, nil)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.Rows(ctx, records.RowQuery{
		Table: records.MetadefNamespaceResourceType,
		Where: []records.Condition{n.contents()},
		Join:  &records.Join{Table: records.MetadefResourceTypes, Column: "id", Of: "resource_type_id"},
		Sort:  []records.SortKey{{Column: "resource_type_id"}},
	})
	for _, row := range rows {
		row["name"] = row[records.Joined(records.MetadefResourceTypes, "name")]
	}
	return rows, err
}

// Association reads the association of a namespace with a resource type.
func (s *Service) Association(ctx context.Context, c *access.Caller, namespace, resourceType string) (records.Row, error) {
	n, err := readNamespace(ctx, s.Store, c, namespace, nil)
	if err != nil {
		return nil, err
	}
	return readAssociation(ctx, s.Store, n, resourceType)
}

func readAssociation(ctx context.Context, from records.RowReader, n *namespaceRow, resourceType string) (records.Row, error) {
	row, err := readResourceType(ctx, from, resourceType, &records.Join{
		Table: records.MetadefNamespaceResourceType, Column: "resource_type_id", Of: "id", Where: []records.Condition{n.contents()},
	})
	if err != nil {
		return nil, err
	}
	association := row.Joined(records.MetadefNamespaceResourceType, "namespace_id")
	if association == nil {
		return nil, errNoAssociation(resourceType, n.name)
	}
	association["name"] = resourceType
	return association, nil
}

func errNoAssociation(resourceType, namespace string) error {
	return records.Errorf(records.MetadefResourceTypeAssociationNotFound,
		"The metadata definition resource-type association of resource-type=%s to namespace=%s, was not found.", resourceType, namespace)
}

// CreateAssociation associates a namespace with a resource type. One that there
// is not is made first, in a commit of its own: it stays where the rest fails.
func (s *Service) CreateAssociation(ctx context.Context, c *access.Caller, namespace string, values *pyjson.Object) (records.Row, error) {
	if err := s.CheckWritable(c); err != nil {
		return nil, err
	}
	n, err := readNamespace(ctx, s.Store, c, namespace, nil)
	if err != nil {
		return nil, err
	}
	if err := s.guardNamespace(c, n.row); err != nil {
		return nil, err
	}
	resourceType, err := s.haveResourceType(ctx, c, values)
	if err != nil {
		return nil, err
	}
	for _, key := range []string{"properties_target", "prefix"} {
		if _, given := values.Get(key); !given {
			return nil, coerce.BadValue(key, "is missing")
		}
	}
	var created records.Row
	err = s.changeNamespace(ctx, c, namespace, nil, func(w *writer, n *namespaceRow) (err error) {
		found, err := w.tx.Lock(ctx, records.MetadefResourceTypes, records.Values{{Column: "id", Value: resourceType["id"]}})
		if err == nil && found == 0 {
			err = ResourceType.errNotFound(resourceType.Text("name"), "")
		}
		if err != nil {
			return err
		}
		created, err = w.insertAssociation(n, resourceType, values)
		return err
	})
	return created, err
}

// haveResourceType finds the resource type that an association names, or makes
// it.
func (s *Service) haveResourceType(ctx context.Context, c *access.Caller, values *pyjson.Object) (records.Row, error) {
	name, given := values.Get("name")
	if !given {
		return nil, coerce.BadValue("name", "is missing")
	}
	found, err := s.ResourceType(ctx, coerce.TextOf(name))
	if !records.IsKind(err, records.MetadefResourceTypeNotFound) {
		return found, err
	}
	created := pyjson.NewObject()
	created.Set("name", name)
	made, err := s.CreateResourceType(ctx, c, created)
	if records.IsKind(err, records.MetadefDuplicateResourceType) { // by another client, in between
		return s.ResourceType(ctx, coerce.TextOf(name))
	}
	return made, err
}

func (w *writer) insertAssociation(n *namespaceRow, resourceType records.Row, values *pyjson.Object) (records.Row, error) {
	name, _ := values.Get("name")
	values = coerce.Without(values, "resource_type_id", "namespace_id", "created_at", "updated_at")
	columns, err := coerce.NewRow(records.MetadefNamespaceResourceType, values, records.Values{
		{Column: "resource_type_id", Value: resourceType["id"]},
		{Column: "namespace_id", Value: n.row["id"]},
		{Column: "created_at", Value: w.now},
		{Column: "updated_at", Value: w.now},
	})
	if err != nil {
		return nil, err
	}
	if _, err := w.tx.Insert(w.ctx, records.MetadefNamespaceResourceType, columns); err != nil {
		if records.IsKind(err, records.Duplicate) {
			return nil, records.Errorf(records.MetadefDuplicateResourceTypeAssociation,
				"The metadata definition resource-type association of resource-type=%s to namespace=%s already exists.", coerce.TextOf(name), n.name)
		}
		return nil, err
	}
	created := records.Row{"name": name, "properties_target": nil, "prefix": nil}
	coerce.Remember(created, columns, values)
	return created, nil
}

// DeleteAssociation removes an association and returns its row. The resource
// type stays.
func (s *Service) DeleteAssociation(ctx context.Context, c *access.Caller, namespace, resourceType string) (records.Row, error) {
	var association records.Row
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *writer, n *namespaceRow) (err error) {
		if association, err = readAssociation(ctx, w.tx, n, resourceType); err != nil {
			return err
		}
		matched, err := w.tx.Delete(ctx, records.MetadefNamespaceResourceType, records.Values{
			{Column: "resource_type_id", Value: association["resource_type_id"]},
			{Column: "namespace_id", Value: association["namespace_id"]},
		})
		if err == nil && matched == 0 {
			return errNoAssociation(resourceType, n.name)
		}
		return err
	})
	return association, err
}

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
