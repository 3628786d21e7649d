package registry

import (
	"context"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// An association is answered with the name of its resource type and without ids
// (registry-v2-rpc.md, 9.7).

// Associations lists the associations of a namespace with resource types.
func (s *Service) Associations(ctx context.Context, c *Caller, namespace string) ([]Row, error) {
	n, err := readNamespace(ctx, s.Store, c, namespace, nil)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.Rows(ctx, RowQuery{
		Table: MetadefNamespaceResourceType,
		Where: []Condition{n.contents()},
		Join:  &Join{Table: MetadefResourceTypes, Column: "id", Of: "resource_type_id"},
		Sort:  []SortKey{{Column: "resource_type_id"}},
	})
	for _, row := range rows {
		row["name"] = row[Joined(MetadefResourceTypes, "name")]
	}
	return rows, err
}

// Association reads the association of a namespace with a resource type.
func (s *Service) Association(ctx context.Context, c *Caller, namespace, resourceType string) (Row, error) {
	n, err := readNamespace(ctx, s.Store, c, namespace, nil)
	if err != nil {
		return nil, err
	}
	return readAssociation(ctx, s.Store, n, resourceType)
}

func readAssociation(ctx context.Context, from rowReader, n *namespaceRow, resourceType string) (Row, error) {
	row, err := readResourceType(ctx, from, resourceType, &Join{
		Table: MetadefNamespaceResourceType, Column: "resource_type_id", Of: "id", Where: []Condition{n.contents()},
	})
	if err != nil {
		return nil, err
	}
	association := row.joined(MetadefNamespaceResourceType, "namespace_id")
	if association == nil {
		return nil, errNoAssociation(resourceType, n.name)
	}
	association["name"] = resourceType
	return association, nil
}

func errNoAssociation(resourceType, namespace string) error {
	return Errorf(MetadefResourceTypeAssociationNotFound,
		"The metadata definition resource-type association of resource-type=%s to namespace=%s, was not found.", resourceType, namespace)
}

// CreateAssociation associates a namespace with a resource type. One that there
// is not is made first, in a commit of its own: it stays where the rest fails.
func (s *Service) CreateAssociation(ctx context.Context, c *Caller, namespace string, values *pyjson.Object) (Row, error) {
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
			return nil, badValue(key, "is missing")
		}
	}
	var created Row
	err = s.changeNamespace(ctx, c, namespace, nil, func(w *metadefWriter, n *namespaceRow) (err error) {
		found, err := w.tx.Lock(ctx, MetadefResourceTypes, Values{{Column: "id", Value: resourceType["id"]}})
		if err == nil && found == 0 {
			err = MetadefResourceType.errNotFound(resourceType.Text("name"), "")
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
func (s *Service) haveResourceType(ctx context.Context, c *Caller, values *pyjson.Object) (Row, error) {
	name, given := values.Get("name")
	if !given {
		return nil, badValue("name", "is missing")
	}
	found, err := s.ResourceType(ctx, textOf(name))
	if !isKind(err, MetadefResourceTypeNotFound) {
		return found, err
	}
	created := pyjson.NewObject()
	created.Set("name", name)
	made, err := s.CreateResourceType(ctx, c, created)
	if isKind(err, MetadefDuplicateResourceType) { // by another client, in between
		return s.ResourceType(ctx, textOf(name))
	}
	return made, err
}

func (w *metadefWriter) insertAssociation(n *namespaceRow, resourceType Row, values *pyjson.Object) (Row, error) {
	name, _ := values.Get("name")
	values = without(values, "resource_type_id", "namespace_id", "created_at", "updated_at")
	columns, err := newRow(MetadefNamespaceResourceType, values, Values{
		{Column: "resource_type_id", Value: resourceType["id"]},
		{Column: "namespace_id", Value: n.row["id"]},
		{Column: "created_at", Value: w.now},
		{Column: "updated_at", Value: w.now},
	})
	if err != nil {
		return nil, err
	}
	if _, err := w.tx.Insert(w.ctx, MetadefNamespaceResourceType, columns); err != nil {
		if isKind(err, Duplicate) {
			return nil, Errorf(MetadefDuplicateResourceTypeAssociation,
				"The metadata definition resource-type association of resource-type=%s to namespace=%s already exists.", textOf(name), n.name)
		}
		return nil, err
	}
	created := Row{"name": name, "properties_target": nil, "prefix": nil}
	created.remember(columns, values)
	return created, nil
}

// DeleteAssociation removes an association and returns its row. The resource
// type stays.
func (s *Service) DeleteAssociation(ctx context.Context, c *Caller, namespace, resourceType string) (Row, error) {
	var association Row
	err := s.changeNamespace(ctx, c, namespace, nil, func(w *metadefWriter, n *namespaceRow) (err error) {
		if association, err = readAssociation(ctx, w.tx, n, resourceType); err != nil {
			return err
		}
		matched, err := w.tx.Delete(ctx, MetadefNamespaceResourceType, Values{
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
