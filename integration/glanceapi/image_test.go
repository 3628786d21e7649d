package glanceapi

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
