package rpc

import (
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/metadefs"
)

// metadefCommands are the commands about a kind of definitions in a namespace.
// They differ in the names of their arguments and in the keys of their answers.
type metadefCommands struct {
	kind           *metadefs.Kind
	columns        []string
	name, id, dict string // arguments
}

// What a namespace contains (registry-v2-rpc.md, 9.3 to 9.5).
var (
	metadefObject = &metadefCommands{
		metadefs.Object,
		[]string{"created_at", "updated_at", "id", "namespace_id", "name", "description", "required", "json_schema"},
		"object_name", "object_id", "object_dict",
	}
	metadefProperty = &metadefCommands{
		metadefs.Property,
		[]string{"created_at", "updated_at", "id", "namespace_id", "name", "json_schema"},
		"property_name", "property_id", "property_dict",
	}
	metadefTag = &metadefCommands{
		metadefs.Tag,
		[]string{"created_at", "updated_at", "id", "namespace_id", "name"},
		"name", "id", "tag_dict",
	}
)

// metadefs applies the rules of metadata definitions with the settings of the
// service.
func (c *call) metadefs() *metadefs.Service {
	return &metadefs.Service{Rules: c.service.Rules, Store: c.service.Store, Now: c.service.Now}
}

func (m *metadefCommands) getAll(c *call) (any, error) {
	namespace, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	rows, err := c.metadefs().Definitions(c.ctx, c.caller, m.kind, namespace)
	return rowsView(rows, err, m.columns)
}

func (m *metadefCommands) get(c *call) (any, error) {
	namespace, name, err := c.namespaceAnd(m.name)
	if err != nil {
		return nil, err
	}
	row, err := c.metadefs().Definition(c.ctx, c.caller, m.kind, namespace, name)
	return rowView(row, err, m.columns)
}

func (m *metadefCommands) create(c *call) (any, error) {
	values, err := c.definition(m.dict)
	if err != nil {
		return nil, err
	}
	namespace, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	row, err := c.metadefs().CreateDefinition(c.ctx, c.caller, m.kind, namespace, values)
	return rowView(row, err, m.columns)
}

func (m *metadefCommands) update(c *call) (any, error) {
	values, err := c.definition(m.dict)
	if err != nil {
		return nil, err
	}
	namespace, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	row, err := c.metadefs().UpdateDefinition(c.ctx, c.caller, m.kind, namespace, c.arg(m.id), values)
	return rowView(row, err, m.columns)
}

func (m *metadefCommands) delete(c *call) (any, error) {
	namespace, name, err := c.namespaceAnd(m.name)
	if err != nil {
		return nil, err
	}
	row, err := c.metadefs().DeleteDefinition(c.ctx, c.caller, m.kind, namespace, name)
	return rowView(row, err, m.columns)
}

func (m *metadefCommands) deleteNamespaceContent(c *call) (any, error) {
	namespace, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	return orError(c.metadefs().DeleteDefinitions(c.ctx, c.caller, m.kind, namespace))
}

func (m *metadefCommands) count(c *call) (any, error) {
	namespace, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	return orError(c.metadefs().CountDefinitions(c.ctx, c.caller, m.kind, namespace))
}

func metadefTagGetAll(c *call) (any, error) {
	namespace, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	rows, err := c.metadefs().Tags(c.ctx, c.caller, namespace, c.metadefPage())
	return rowsView(rows, err, metadefTag.columns)
}

func metadefTagCreateTags(c *call) (any, error) {
	if !c.flag("tag_list") {
		return []object{}, nil
	}
	namespace, err := asID(c.arg("namespace_name"))
	if err != nil {
		return nil, err
	}
	tags, err := iterate(c.arg("tag_list"))
	if err != nil {
		if _, unknown := c.metadefs().Namespace(c.ctx, c.caller, namespace); unknown != nil {
			err = unknown
		}
		return nil, err
	}
	rows, err := c.metadefs().ReplaceTags(c.ctx, c.caller, namespace, tags)
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
	if namespace, err = asID(c.arg("namespace_name")); err == nil {
		name, err = asID(c.arg(argument))
	}
	return namespace, name, err
}
