package rpc

import (
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/pyjson"
)

// metadefCommands are the commands about a kind of definitions in a namespace.
// They differ in the names of their arguments and in the keys of their answers.
type metadefCommands struct {
	kind           *registry.MetadefKind
	columns        []string
	name, id, dict string // arguments
}

// What a namespace contains (registry-v2-rpc.md, 9.3 to 9.5).
var (
	metadefObject = &metadefCommands{
		registry.MetadefObject,
		[]string{"created_at", "updated_at", "id", "namespace_id", "name", "description", "required", "json_schema"},
		"object_name", "object_id", "object_dict",
	}
	metadefProperty = &metadefCommands{
		registry.MetadefProperty,
		[]string{"created_at", "updated_at", "id", "namespace_id", "name", "json_schema"},
		"property_name", "property_id", "property_dict",
	}
	metadefTag = &metadefCommands{
		registry.MetadefTag,
		[]string{"created_at", "updated_at", "id", "namespace_id", "name"},
		"name", "id", "tag_dict",
	}
)

func (m *metadefCommands) getAll(c *call) (any, error) {
	namespace, err := asID(c.args["namespace_name"])
	if err != nil {
		return nil, err
	}
	rows, err := c.service.Metadefs(c.ctx, c.caller, m.kind, namespace)
	return rowsView(rows, err, m.columns)
}

func (m *metadefCommands) get(c *call) (any, error) {
	namespace, name, err := c.namespaceAnd(m.name)
	if err != nil {
		return nil, err
	}
	row, err := c.service.Metadef(c.ctx, c.caller, m.kind, namespace, name)
	return rowView(row, err, m.columns)
}

func (m *metadefCommands) create(c *call) (any, error) {
	values, err := c.definition(m.dict)
	if err != nil {
		return nil, err
	}
	namespace, err := asID(c.args["namespace_name"])
	if err != nil {
		return nil, err
	}
	row, err := c.service.CreateMetadef(c.ctx, c.caller, m.kind, namespace, values)
	return rowView(row, err, m.columns)
}

func (m *metadefCommands) update(c *call) (any, error) {
	values, err := c.definition(m.dict)
	if err != nil {
		return nil, err
	}
	namespace, err := asID(c.args["namespace_name"])
	if err != nil {
		return nil, err
	}
	row, err := c.service.UpdateMetadef(c.ctx, c.caller, m.kind, namespace, c.args[m.id], values)
	return rowView(row, err, m.columns)
}

func (m *metadefCommands) delete(c *call) (any, error) {
	namespace, name, err := c.namespaceAnd(m.name)
	if err != nil {
		return nil, err
	}
	row, err := c.service.DeleteMetadef(c.ctx, c.caller, m.kind, namespace, name)
	return rowView(row, err, m.columns)
}

func (m *metadefCommands) deleteNamespaceContent(c *call) (any, error) {
	namespace, err := asID(c.args["namespace_name"])
	if err != nil {
		return nil, err
	}
	return orError(c.service.DeleteMetadefs(c.ctx, c.caller, m.kind, namespace))
}

func (m *metadefCommands) count(c *call) (any, error) {
	namespace, err := asID(c.args["namespace_name"])
	if err != nil {
		return nil, err
	}
	return orError(c.service.CountMetadefs(c.ctx, c.caller, m.kind, namespace))
}

func metadefTagGetAll(c *call) (any, error) {
	namespace, err := asID(c.args["namespace_name"])
	if err != nil {
		return nil, err
	}
	rows, err := c.service.MetadefTags(c.ctx, c.caller, namespace, c.metadefPage())
	return rowsView(rows, err, metadefTag.columns)
}

func metadefTagCreateTags(c *call) (any, error) {
	if !c.flag("tag_list") {
		return []object{}, nil
	}
	namespace, err := asID(c.args["namespace_name"])
	if err != nil {
		return nil, err
	}
	tags, err := iterate(c.args["tag_list"])
	if err != nil {
		if _, unknown := c.service.Namespace(c.ctx, c.caller, namespace); unknown != nil {
			err = unknown
		}
		return nil, err
	}
	rows, err := c.service.ReplaceMetadefTags(c.ctx, c.caller, namespace, tags)
	return rowsView(rows, err, metadefTag.columns)
}

// definition is an argument with the values of a definition. All arguments must
// be free of characters above U+FFFF.
func (c *call) definition(name string) (*pyjson.Object, error) {
	if err := c.checkFourByte(); err != nil {
		return nil, err
	}
	return c.object(name)
}

// namespaceAnd is the name of a namespace and one more name.
func (c *call) namespaceAnd(argument string) (namespace, name string, err error) {
	if namespace, err = asID(c.args["namespace_name"]); err == nil {
		name, err = asID(c.args[argument])
	}
	return namespace, name, err
}
