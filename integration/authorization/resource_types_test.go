package authorization

import "maps"

// resourceTypeProbes are about resource types and their associations with
// namespaces.
var resourceTypeProbes = func() map[string]probe {
	probes := map[string]probe{
		"metadef_resource_type_get: any":     {reads: true, kwargs: given(object{"resource_type_name": "used"})},
		"metadef_resource_type_get_all: any": {reads: true, kwargs: given(object{})},
		"metadef_resource_type_create: any":  {kwargs: given(object{"values": object{"name": "new"}})},
		"metadef_resource_type_delete: any":  {kwargs: given(object{"resource_type_name": "unused"}), fails: "RPCError"}, // it never worked
		"metadef_resource_type_association_create: with a new resource type": {
			kwargs: given(object{"namespace_name": "public", "values": association("new")}),
		},
	}
	const command = "metadef_resource_type_association_"
	for _, n := range namespaces {
		maps.Copy(probes, map[string]probe{
			command + "get: " + n.what:                  {reads: true, kwargs: given(object{"namespace_name": n.name, "resource_type_name": "used"})},
			command + "get_all_by_namespace: " + n.what: {reads: true, kwargs: given(object{"namespace_name": n.name})},
			command + "create: " + n.what:               {kwargs: given(object{"namespace_name": n.name, "values": association("unused")})},
			command + "delete: " + n.what:               {kwargs: given(object{"namespace_name": n.name, "resource_type_name": "used"})},
		})
	}
	return known(probes)
}()

func association(resourceType string) object {
	return object{"name": resourceType, "properties_target": nil, "prefix": nil}
}
