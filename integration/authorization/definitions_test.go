package authorization

import "maps"

// definitionProbes are about what namespaces contain.
var definitionProbes = func() map[string]probe {
	probes := map[string]probe{}
	for _, kind := range []struct{ name, nameArgument, idArgument, dict string }{
		{"object", "object_name", "object_id", "object_dict"},
		{"property", "property_name", "property_id", "property_dict"},
		{"tag", "name", "id", "tag_dict"},
	} {
		command := "metadef_" + kind.name
		for _, n := range namespaces {
			in := func(arguments object) probe {
				arguments["namespace_name"] = n.name
				return probe{kwargs: given(arguments)}
			}
			reading := func(arguments object) probe {
				p := in(arguments)
				p.reads = true
				return p
			}
			maps.Copy(probes, map[string]probe{
				command + "_get_all: " + n.what:                  reading(object{}),
				command + "_get: " + n.what:                      reading(object{kind.nameArgument: "a"}),
				command + "_count: " + n.what:                    reading(object{}),
				command + "_create: " + n.what:                   in(object{kind.dict: object{"name": "new"}}),
				command + "_update: " + n.what:                   in(object{kind.idArgument: n.id, kind.dict: object{"name": "new"}}),
				command + "_delete: " + n.what:                   in(object{kind.nameArgument: "a"}),
				command + "_delete_namespace_content: " + n.what: in(object{}),
			})
		}
		public := namespaces[1]
		probes[command+"_update: naming another namespace"] = probe{kwargs: given(object{
			"namespace_name": "other", kind.idArgument: public.id, kind.dict: object{"name": "new"},
		})}
		probes[command+"_update: into another namespace"] = probe{kwargs: given(object{
			"namespace_name": public.name, kind.idArgument: public.id, kind.dict: object{"name": "new", "namespace_id": othersNamespace},
		})}
	}
	for _, n := range namespaces {
		probes["metadef_tag_get_all: "+n.what] = probe{reads: true, kwargs: given(object{"namespace_name": n.name, "sort_key": "id"})}
		probes["metadef_tag_create_tags: "+n.what] = probe{kwargs: given(object{"namespace_name": n.name, "tag_list": []object{{"name": "new"}}})}
	}
	return known(probes)
}()
