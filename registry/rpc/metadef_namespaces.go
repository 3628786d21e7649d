package rpc

import (
	"github.com/glancegate/glancegate/registry/metadefs"
	"github.com/glancegate/glancegate/registry/records"
)

// namespaceColumns are the keys of a namespace (registry-v2-rpc.md, 4.5).
var namespaceColumns = []string{
	"created_at", "updated_at", "id", "namespace", "display_name", "description", "visibility", "protected", "owner",
}

func namespaceView(row records.Row, err error) (any, error) {
	return rowView(row, err, namespaceColumns)
}

func metadefNamespaceGetAll(c *call) (any, error) {
	filters, err := c.filters()
	if err != nil {
		return nil, err
	}
	rows, err := c.metadefs().Namespaces(c.ctx, c.caller, filters, c.metadefPage())
	return rowsView(rows, err, namespaceColumns)
}

// metadefPage reads the arguments of lists that come in pages.
func (c *call) metadefPage() *metadefs.Page {
	limit, err := c.limit()
	return &metadefs.Page{
		Marker: c.arg("marker"), SortKey: c.arg("sort_key"), SortDir: c.arg("sort_dir"), Limit: limit, Late: err,
	}
}

func metadefNamespaceGet(c *call) (any, error) {
	name, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	return namespaceView(c.metadefs().Namespace(c.ctx, c.caller, name))
}

func metadefNamespaceCreate(c *call) (any, error) {
	values, err := c.definition("values")
	if err != nil {
		return nil, err
	}
	return namespaceView(c.metadefs().CreateNamespace(c.ctx, c.caller, values))
}

func metadefNamespaceUpdate(c *call) (any, error) {
	values, err := c.definition("namespace_dict")
	if err != nil {
		return nil, err
	}
	return namespaceView(c.metadefs().UpdateNamespace(c.ctx, c.caller, c.arg("namespace_id"), values))
}

func metadefNamespaceDelete(c *call) (any, error) {
	name, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	return namespaceView(c.metadefs().DeleteNamespace(c.ctx, c.caller, name))
}
