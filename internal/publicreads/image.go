package publicreads

import (
	"encoding/json"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// shape is what the configuration of glance-api lets answers show, as far as
// answers have shown it yet. What was shown once must not be missing later.
type shape struct {
	directURL, stores atomic.Bool
}

// newer are attributes that early releases don't have.
var newer = map[string]bool{"os_hidden": true, "os_hash_algo": true, "os_hash_value": true}

// hidden are properties that releases hide.
var hidden = map[string]bool{"os_glance_stage_host": true, "os_glance_hash_op_host": true}

// ofLocations are shown where the configuration says so, instead of properties
// of these names.
var ofLocations = map[string]bool{"locations": true, "direct_url": true, "stores": true}

// attributes are those of an image and their values as JSON shows them.
func attributes(i *records.Image) map[string]any {
	self := imagesPath + "/" + i.ID
	return map[string]any{
		"id": i.ID, "self": self, "file": self + "/file", "schema": "/v2/schemas/image",
		"name": text(i.Name), "status": i.Status, "visibility": i.Visibility, "owner": text(i.Owner),
		"disk_format": text(i.DiskFormat), "container_format": text(i.ContainerFormat),
		"checksum": text(i.Checksum), "os_hash_algo": text(i.OSHashAlgo), "os_hash_value": text(i.OSHashValue),
		"size": number(i.Size), "virtual_size": number(i.VirtualSize),
		"min_disk": number(records.NullOf(i.MinDisk)), "min_ram": number(records.NullOf(i.MinRAM)),
		"protected": i.Protected, "os_hidden": i.OSHidden,
		"created_at": seconds(i.CreatedAt), "updated_at": seconds(i.UpdatedAt.V),
	}
}

func text(v records.Null[string]) any {
	if !v.Valid {
		return nil
	}
	return v.V
}

func number(v records.Null[int64]) any {
	if !v.Valid {
		return nil
	}
	return json.Number(strconv.FormatInt(v.V, 10))
}

// seconds is a time as glance-api shows it.
func seconds(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// image reports whether an answer shows a record as it is, all of it.
func (s *shape) image(value any, i *records.Image, admin bool) bool {
	body, ok := value.(*pyjson.Object)
	if !ok || i.Deleted || !i.UpdatedAt.Valid { // a record that is gone proves nothing
		return false
	}
	fixed := attributes(i)
	for name, want := range fixed {
		got, shown := body.Get(name)
		if !shown && newer[name] {
			continue
		}
		if !shown || got != want {
			return false
		}
	}
	return sameTags(body, i) && sameProperties(body, i, fixed) && s.sameLocations(body, i, admin)
}

// sameTags compares sets: Python's order of a set differs between processes.
func sameTags(body *pyjson.Object, i *records.Image) bool {
	value, _ := body.Get("tags")
	list, ok := value.([]any)
	if !ok {
		return false
	}
	want := map[string]bool{}
	for _, tag := range i.Tags {
		if !tag.Deleted {
			want[tag.Value] = true
		}
	}
	got := map[string]bool{}
	for _, v := range list {
		tag, ok := v.(string)
		if !ok || !want[tag] {
			return false
		}
		got[tag] = true
	}
	return len(got) == len(want)
}

// sameProperties compares what is neither an attribute nor made of locations. An
// attribute hides a property of its name.
func sameProperties(body *pyjson.Object, i *records.Image, fixed map[string]any) bool {
	want := map[string]records.Null[string]{}
	for _, p := range i.Properties {
		switch _, shadowed := fixed[p.Name]; {
		case p.Deleted || shadowed || p.Name == "tags":
		case ofLocations[p.Name]:
			return false // which of the two is shown depends on the configuration
		default:
			want[p.Name] = p.Value
		}
	}
	shown := 0
	for _, name := range body.Keys() {
		if _, attribute := fixed[name]; attribute || name == "tags" || ofLocations[name] {
			continue
		}
		got, _ := body.Get(name)
		value, live := want[name]
		if !live || got != value.V && (value.Valid || got != nil) {
			return false
		}
		shown++
	}
	for name := range want {
		if _, there := body.Get(name); !there && hidden[name] {
			shown++
		}
	}
	return shown == len(want)
}
