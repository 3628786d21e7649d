package agreement

import "github.com/glancegate/glancegate/integration/rpctest"

// beginning is what every sequence begins with. The first two images are always
// there: SQLite takes children of images that are not, the others refuse them.
var beginning = []rpctest.Command{
	{Name: "image_create", Kwargs: object{"values": object{
		"id": firstImage, "name": "a", "status": "active", "visibility": "shared", "owner": "t1", "size": 5,
		"properties": object{"k1": "v1"}, "locations": []any{object{"url": "file:///a", "metadata": object{}, "status": "active"}},
	}}},
	{Name: "image_create", Kwargs: object{"values": object{
		"id": secondImage, "name": "b", "status": "queued", "visibility": "public", "owner": "t2",
	}}},
	{Name: "image_tag_set_all", Kwargs: object{"image_id": firstImage, "tags": []string{"x", "y"}}},
	{Name: "image_member_create", Kwargs: object{"values": object{"image_id": firstImage, "member": "t2", "status": "accepted"}}},
	{Name: "task_create", Kwargs: object{"values": object{
		"id": firstTask, "type": "import", "status": "pending", "owner": "t1", "input": object{"a": "b"},
	}}},
	{Name: "metadef_resource_type_create", Kwargs: object{"values": object{"name": "r"}}},
	{Name: "metadef_namespace_create", Kwargs: object{"values": object{"namespace": "n", "owner": "t1", "visibility": "public"}}},
	{Name: "metadef_namespace_create", Kwargs: object{"values": object{"namespace": "m", "owner": "t2", "visibility": "private"}}},
	{Name: "metadef_object_create", Kwargs: object{"namespace_name": "n", "object_dict": object{"name": "a"}}},
	{Name: "metadef_property_create", Kwargs: object{"namespace_name": "n", "property_dict": object{"name": "a"}}},
	{Name: "metadef_tag_create", Kwargs: object{"namespace_name": "n", "tag_dict": object{"name": "a"}}},
	{Name: "metadef_resource_type_association_create", Kwargs: object{"namespace_name": "n", "values": object{
		"name": "r", "properties_target": nil, "prefix": nil,
	}}},
}
