package rpc

import (
	"github.com/glancegate/glancegate/registry/records"
)

// resourceTypeColumns and associationColumns are the keys of both; associations
// have no ids (registry-v2-rpc.md, 4.5).
var (
	resourceTypeColumns = []string{"created_at", "updated_at", "id", "name", "protected"}
	associationColumns  = []string{"name", "properties_target", "prefix", "created_at", "updated_at"}
)

func metadefResourceTypeCreate(c *call) (any, error) {
	values, err := c.object("values")
	if err != nil {
		return nil, err
	}
	row, err := c.metadefs().CreateResourceType(c.ctx, c.caller, values)
	return rowView(row, err, resourceTypeColumns)
}

func metadefResourceTypeGet(c *call) (any, error) {
	name, err := asID(c.arg("resource_type_name"))
	if err != nil {
		return nil, err
	}
	row, err := c.metadefs().ResourceType(c.ctx, name)
	return rowView(row, err, resourceTypeColumns)
}

func metadefResourceTypeGetAll(c *call) (any, error) {
	rows, err := c.metadefs().ResourceTypes(c.ctx)
	return rowsView(rows, err, resourceTypeColumns)
}

func metadefResourceTypeDelete(c *call) (any, error) {
	name, err := asID(c.arg("resource_type_name"))
	if err != nil {
		return nil, err
	}
	return nil, c.metadefs().DeleteResourceType(c.ctx, c.caller, name)
}

func associationView(row records.Row, err error) (any, error) {
	return rowView(row, err, associationColumns)
}

func metadefResourceTypeAssociationGet(c *call) (any, error) {
	namespace, name, err := c.namespaceAnd("resource_type_name")
	if err != nil {
		return nil, err
	}
	return associationView(c.metadefs().Association(c.ctx, c.caller, namespace, name))
}

func metadefResourceTypeAssociationCreate(c *call) (any, error) {
	values, err := c.object("values")
	if err != nil {
		return nil, err
	}
	namespace, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	return associationView(c.metadefs().CreateAssociation(c.ctx, c.caller, namespace, values))
}

func metadefResourceTypeAssociationDelete(c *call) (any, error) {
	namespace, name, err := c.namespaceAnd("resource_type_name")
	if err != nil {
		return nil, err
	}
	return associationView(c.metadefs().DeleteAssociation(c.ctx, c.caller, namespace, name))
}

func metadefResourceTypeAssociationGetAllByNamespace(c *call) (any, error) {
	namespace, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	rows, err := c.metadefs().Associations(c.ctx, c.caller, namespace)
	return rowsView(rows, err, associationColumns)
}
