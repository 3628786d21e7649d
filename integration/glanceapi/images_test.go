package glanceapi

import (
	"maps"
	"slices"
	"time"
)

// now is a time as glance-api sends it: UTC with microseconds.
func now() object {
	return object{"_type": "datetime", "_value": time.Now().UTC().Format("2006-01-02T15:04:05.000000")}
}

// createImage is POST /v2/images.
func (d *driver) createImage(id string) {
	d.t.Helper()
	at := now()
	created := d.read(d.one("image_create", object{"v1_mode": false, "values": object{
		"id": id, "name": "cirros", "status": "queued", "owner": "t1", "created_at": at, "updated_at": at,
		"min_disk": 0, "min_ram": 0, "protected": false, "locations": []object{}, "checksum": nil,
		"os_hash_algo": nil, "os_hash_value": nil, "disk_format": "raw", "container_format": "bare",
		"size": nil, "virtual_size": nil, "visibility": "shared", "properties": object{"os_distro": "cirros"}, "os_hidden": false,
	}}))
	if created.id != id || created.columns["status"] != "queued" || created.extra["os_distro"] != "cirros" {
		d.t.Errorf("created: %v", created)
	}
	d.null("image_tag_set_all", object{"image_id": id, "tags": []string{"small", "test"}})
}

// uploadImage is PUT /v2/images/{id}/file.
func (d *driver) uploadImage(id string) {
	d.t.Helper()
	i := d.get(id)
	i.columns["status"], i.columns["size"] = "saving", 12
	d.save(i, "queued")
	i.columns["status"] = "active"
	i.columns["checksum"], i.columns["os_hash_algo"], i.columns["os_hash_value"] = "443b7623", "sha512", "6513f21e"
	i.locations = []object{{"url": "file:///var/lib/glance/images/" + id, "metadata": object{"store": "fast"}, "status": "active"}}
	d.save(i, "saving")
	d.setACLs(i)
}

// uploadAgain is a second upload, which comes too late.
func (d *driver) uploadAgain(id string) {
	d.t.Helper()
	i := d.get(id)
	i.columns["status"] = "saving"
	_, e := d.try("image_update", object{
		"image_id": i.id, "values": i.values(), "purge_props": true, "from_state": "queued", "v1_mode": false,
	})
	if e == nil || e.class != "Conflict" {
		d.t.Errorf("a second upload: %v", e)
	}
}

// patchImage is PATCH /v2/images/{id}.
func (d *driver) patchImage(id string, change func(*image)) {
	d.t.Helper()
	i := d.get(id)
	change(i)
	d.save(i, nil)
	d.setACLs(i)
}

// listImages is GET /v2/images.
func (d *driver) listImages() []object {
	d.t.Helper()
	return d.list("image_get_all", object{
		"filters": object{"deleted": false, "os_hidden": false}, "marker": nil, "limit": 25,
		"sort_key": []string{"created_at"}, "sort_dir": []string{"desc"}, "member_status": "accepted",
		"is_public": nil, "admin_as_user": false, "return_tag": true, "v1_mode": false,
	})
}

// deleteImage is DELETE /v2/images/{id}.
func (d *driver) deleteImage(id string) {
	d.t.Helper()
	i := d.get(id)
	for _, l := range i.locations {
		d.null("image_location_delete", object{"image_id": id, "location_id": l["id"], "status": "deleted"})
	}
	d.one("image_update", object{
		"image_id": id, "values": object{"status": "deleted"}, "purge_props": true, "from_state": nil, "v1_mode": false,
	})
	gone := d.read(d.one("image_destroy", object{"image_id": id}))
	if gone.columns["deleted"] != true || gone.columns["status"] != "deleted" || len(gone.locations)+len(gone.extra) > 0 {
		d.t.Errorf("deleted: %v", gone)
	}
}

// lifeOfAnImage is what a user does with one, and what he sees in between.
func lifeOfAnImage(d *driver) {
	const id = "531d285d-0000-4000-8000-000000000001"
	d.createImage(id)
	d.uploadImage(id)
	d.uploadAgain(id)
	d.patchImage(id, func(i *image) {
		i.columns["name"], i.extra = "cirros-2", object{"os_version": "2"}
		i.tags = append(i.tags, "new")
	})
	i := d.get(id)
	if i.columns["name"] != "cirros-2" || i.columns["status"] != "active" || i.columns["size"] != 12.0 ||
		!maps.Equal(i.extra, object{"os_version": "2"}) || !slices.Equal(i.tags, []string{"small", "test", "new"}) {
		d.t.Errorf("after the update: %v", i)
	}
	if len(i.locations) != 1 || i.locations[0]["metadata"].(object)["store"] != "fast" {
		d.t.Errorf("an update without changes of locations: %v", i.locations)
	}
	listed := d.listImages()
	if len(listed) != 1 || len(listed[0]["tags"].([]any)) != 3 || d.read(listed[0]).id != id {
		d.t.Errorf("listed: %v", listed)
	}
	lifeOfAMembership(d, id)
	d.deleteImage(id)
	if listed = d.listImages(); len(listed) != 0 {
		d.t.Errorf("listed after the deletion: %v", listed)
	}
	if _, e := d.try("image_get", object{"image_id": "unknown", "force_show_deleted": false, "v1_mode": false}); e == nil || e.class != "ImageNotFound" {
		d.t.Errorf("an unknown image: %v", e)
	}
}

// image is an image in the memory of glance-api.
type image struct {
	id        string
	columns   object // that have the same name here and there
	extra     object // properties
	locations []object
	tags      []string
}

// imageKeys are those that glance-api reads without a default.
var imageKeys = []string{
	"id", "name", "status", "visibility", "owner", "protected", "os_hidden", "disk_format", "container_format", "size",
	"virtual_size", "min_disk", "min_ram", "checksum", "os_hash_algo", "os_hash_value",
	"created_at", "updated_at", "deleted_at", "deleted", "properties", "locations",
}

// read makes an image of an answer: live properties by name, active locations.
func (d *driver) read(answer object) *image {
	d.t.Helper()
	i := &image{columns: object{}, extra: object{}}
	for _, key := range imageKeys {
		v, ok := answer[key]
		if !ok {
			d.t.Fatalf("an image without %s: %v", key, answer)
		}
		i.columns[key] = v
	}
	i.id = answer["id"].(string)
	for _, item := range answer["properties"].([]any) {
		if p := item.(object); p["deleted"] == false {
			i.extra[p["name"].(string)] = p["value"]
		}
	}
	for _, item := range answer["locations"].([]any) {
		if l := item.(object); l["status"] == "active" {
			i.locations = append(i.locations, l)
		}
	}
	return i
}

// values are what glance-api saves: always the whole image.
func (i *image) values() object {
	v := object{"properties": i.extra, "locations": i.locations}
	for _, key := range imageKeys {
		switch key {
		case "properties", "locations", "updated_at", "deleted_at", "deleted":
		default:
			v[key] = i.columns[key]
		}
	}
	if i.locations == nil {
		v["locations"] = []object{}
	}
	return v
}

// get is how every action on one image begins.
func (d *driver) get(id string) *image {
	d.t.Helper()
	i := d.read(d.one("image_get", object{"image_id": id, "force_show_deleted": false, "v1_mode": false}))
	i.tags = d.tags(id)
	return i
}

func (d *driver) tags(id string) []string {
	d.t.Helper()
	var tags []string
	for _, tag := range d.call("image_tag_get_all", object{"image_id": id}).([]any) {
		tags = append(tags, tag.(string))
	}
	return tags
}

// save writes the whole image, and its tags.
func (d *driver) save(i *image, fromState any) {
	d.t.Helper()
	saved := d.one("image_update", object{
		"image_id": i.id, "values": i.values(), "purge_props": true, "from_state": fromState, "v1_mode": false,
	})
	i.columns["updated_at"] = d.read(saved).columns["updated_at"]
	tags := i.tags
	if tags == nil {
		tags = []string{}
	}
	d.null("image_tag_set_all", object{"image_id": i.id, "tags": tags})
}

// setACLs asks who has to be able to read the image's data.
func (d *driver) setACLs(i *image) []object {
	d.t.Helper()
	if i.columns["visibility"] == "public" || len(i.locations) == 0 {
		return nil
	}
	return d.members(i.id, nil, false)
}
