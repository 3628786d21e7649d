package authorization

// childProbes are about the children of the shared image.
var childProbes = map[string]probe{
	"image_property_create: of a shared image": {kwargs: given(object{"values": object{"image_id": sharedImage, "name": "k", "value": "v"}})},
	"image_property_delete: of a shared image": {kwargs: given(object{"image_ref": sharedImage, "prop_ref": "os"})},

	"image_property_create: that is reserved":    {kwargs: given(object{"values": object{"image_id": sharedImage, "name": "direct_url", "value": "rbd://x"}})},
	"image_property_delete: of glance-api's own": {kwargs: given(object{"image_ref": sharedImage, "prop_ref": "os_glance_stage_host"})},

	"image_tag_create: of a shared image":      {kwargs: given(object{"image_id": sharedImage, "value": "red"})},
	"image_tag_delete: of a shared image":      {kwargs: given(object{"image_id": sharedImage, "value": "blue"})},
	"image_tag_set_all: of a shared image":     {kwargs: given(object{"image_id": sharedImage, "tags": []string{"red"}})},
	"image_tag_set_all: to those that it has":  {reads: true, kwargs: given(object{"image_id": sharedImage, "tags": []string{"blue"}})},
	"image_tag_get_all: of a shared image":     {reads: true, kwargs: given(object{"image_id": sharedImage})},
	"image_tag_get_all: of a private image":    {reads: true, kwargs: given(object{"image_id": privateImage})},
	"image_location_add: to a shared image":    {kwargs: given(object{"image_id": sharedImage, "location": locations[0]})},
	"image_location_add: from a named peer":    {kwargs: given(object{"image_id": sharedImage, "location": locations[0]}), namedPeer: true},
	"image_location_update: of a shared image": {kwargs: given(object{"image_id": sharedImage, "location": relocated})},
	"image_location_update: from a named peer": {kwargs: given(object{"image_id": sharedImage, "location": relocated}), namedPeer: true},
	"image_location_delete: of a shared image": {kwargs: given(object{"image_id": sharedImage, "location_id": locationRow, "status": "deleted"})},
}

var relocated = object{"id": locationRow, "url": "file:///etc/shadow", "metadata": object{}, "status": "active"}
