package glanceapi

import (
	"reflect"
	"slices"
)

// createNamespace is POST /v2/metadefs/namespaces with everything that fits in.
func (d *driver) createNamespace(name string) {
	d.t.Helper()
	d.one("metadef_namespace_create", object{"values": object{
		"namespace": name, "display_name": "Hypervisor", "description": "d", "visibility": "public", "protected": false, "owner": "t1",
	}})
	d.one("metadef_resource_type_association_create", object{"namespace_name": name, "values": object{
		"name": "OS::Glance::Image", "prefix": "hw_", "properties_target": nil,
	}})
	d.one("metadef_object_create", object{"namespace_name": name, "object_dict": object{
		"name": "cpu", "description": nil, "required": "cores", "json_schema": object{"cores": object{"type": "integer"}},
	}})
	d.one("metadef_tag_create", object{"namespace_name": name, "tag_dict": object{"name": "kvm"}})
	d.one("metadef_property_create", object{"namespace_name": name, "property_dict": object{
		"name": "cores", "json_schema": object{"type": "integer", "title": "Kerne: \u00e4\u00f6"},
	}})
}

// listNamespaces is GET /v2/metadefs/namespaces.
func (d *driver) listNamespaces() []object {
	d.t.Helper()
	list := d.list("metadef_namespace_get_all", object{
		"marker": nil, "limit": 25, "sort_key": "created_at", "sort_dir": "desc", "filters": object{},
	})
	for _, n := range list {
		d.namespace(n["namespace"].(string))
		d.associations(n["namespace"].(string))
	}
	return list
}

func (d *driver) namespace(name string) object {
	d.t.Helper()
	n := d.one("metadef_namespace_get", object{"namespace_name": name})
	for _, key := range []string{"id", "namespace", "display_name", "description", "visibility", "protected", "owner", "created_at", "updated_at"} {
		if _, ok := n[key]; !ok {
			d.t.Errorf("a namespace without %s: %v", key, n)
		}
	}
	return n
}

func (d *driver) associations(name string) []object {
	d.t.Helper()
	return d.list("metadef_resource_type_association_get_all_by_namespace", object{"namespace_name": name})
}

// showNamespace is GET /v2/metadefs/namespaces/{name}.
func (d *driver) showNamespace(name string) {
	d.t.Helper()
	d.namespace(name)
	d.namespace(name)
	objects := d.list("metadef_object_get_all", object{"namespace_name": name})
	d.namespace(name)
	associations := d.associations(name)
	d.namespace(name)
	properties := d.list("metadef_property_get_all", object{"namespace_name": name})
	d.namespace(name)
	tags := d.list("metadef_tag_get_all", object{
		"namespace_name": name, "filters": nil, "marker": nil, "limit": nil, "sort_key": "created_at", "sort_dir": "asc", "session": nil,
	})
	if len(objects) != 1 || objects[0]["required"] != "cores" || !reflect.DeepEqual(objects[0]["json_schema"], object{"cores": object{"type": "integer"}}) {
		d.t.Errorf("objects: %v", objects)
	}
	if len(associations) != 1 || associations[0]["name"] != "OS::Glance::Image" || associations[0]["prefix"] != "hw_" {
		d.t.Errorf("associations: %v", associations)
	}
	if len(properties) != 1 || properties[0]["json_schema"].(object)["title"] != "Kerne: \u00e4\u00f6" {
		d.t.Errorf("properties: %v", properties)
	}
	if len(tags) != 1 || tags[0]["name"] != "kvm" {
		d.t.Errorf("tags: %v", tags)
	}
}

// lifeOfNamespaces makes two, changes one and deletes the other.
func lifeOfNamespaces(d *driver) {
	d.createNamespace("OS::One")
	d.createNamespace("OS::Two")
	if names := namesOf(d.listNamespaces()); !slices.Equal(names, []string{"OS::One", "OS::Two"}) {
		d.t.Errorf("listed: %v", names)
	}
	d.showNamespace("OS::One")
	n := d.namespace("OS::One")
	updated := d.one("metadef_namespace_update", object{"namespace_id": n["id"], "namespace_dict": object{
		"namespace": "OS::One", "display_name": "New", "description": "d", "visibility": "public", "protected": true, "owner": "t1",
	}})
	if updated["display_name"] != "New" || updated["protected"] != true {
		d.t.Errorf("updated: %v", updated)
	}
	d.namespace("OS::Two")
	d.one("metadef_namespace_delete", object{"namespace_name": "OS::Two"})
	if names := namesOf(d.listNamespaces()); !slices.Equal(names, []string{"OS::One"}) {
		d.t.Errorf("listed: %v", names)
	}
	if types := d.list("metadef_resource_type_get_all", object{}); len(types) != 1 {
		d.t.Errorf("resource types: %v", types)
	}
	if _, e := d.try("metadef_namespace_get", object{"namespace_name": "OS::Two"}); e == nil || e.class != "MetadefNamespaceNotFound" {
		d.t.Errorf("a deleted namespace: %v", e)
	}
}

func namesOf(namespaces []object) []string {
	var names []string
	for _, n := range namespaces {
		names = append(names, n["namespace"].(string))
	}
	slices.Sort(names)
	return names
}
