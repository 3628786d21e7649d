package authorization

import (
	"maps"

	"github.com/glancegate/glancegate/registry/access"
)

// namespaceProbes are about namespaces themselves.
var namespaceProbes = func() map[string]probe {
	probes := map[string]probe{
		"metadef_namespace_create: of one's own":        {kwargs: makingNamespace(own), fails: "RPCError"}, // without an owner there is no namespace
		"metadef_namespace_create: for another project": {kwargs: makingNamespace(func(*access.Caller) any { return "t-another" })},
		"metadef_namespace_update: giving it away":      {kwargs: given(object{"namespace_id": namespaces[1].id, "namespace_dict": object{"owner": "t-another"}})},
	}
	for _, n := range namespaces {
		maps.Copy(probes, map[string]probe{
			"metadef_namespace_get: " + n.what:     {reads: true, kwargs: given(object{"namespace_name": n.name})},
			"metadef_namespace_get_all: " + n.what: {shows: `"namespace": "` + n.name + `"`, kwargs: given(object{"sort_key": "created_at"})},
			"metadef_namespace_update: " + n.what:  {kwargs: given(object{"namespace_id": n.id, "namespace_dict": object{"description": "new"}})},
			"metadef_namespace_delete: " + n.what:  {kwargs: given(object{"namespace_name": n.name})},
		})
	}
	return known(probes)
}()

func makingNamespace(owner func(*access.Caller) any) func(*access.Caller) object {
	return func(c *access.Caller) object {
		return object{"values": object{"namespace": "new", "visibility": "private", "owner": owner(c)}}
	}
}

// known leaves out what the tables have no word for.
func known(probes map[string]probe) map[string]probe {
	maps.DeleteFunc(probes, func(what string, _ probe) bool { return what[len(what)-1] == ' ' })
	return probes
}
