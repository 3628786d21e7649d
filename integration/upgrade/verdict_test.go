package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

// when compares a write with a step: before it, after it, or neither for sure.
func (o *operator) when(w span, step string) (before, after bool) {
	at := slices.Index(o.phases, step)
	return slices.Index(o.phases, w.ended) < at, slices.Index(o.phases, w.began) > at
}

// ends stops the clients and looks at everything that they have written, of which
// there must be some for each of these checks.
func (o *operator) ends(checks ...string) {
	o.load.end()
	rows := servers.Value[int](o.t, o.db, "SELECT count(*) FROM images WHERE id NOT LIKE 'probe-%'")
	if rows != len(o.load.images) {
		o.t.Errorf("%d images were made, %d are there", len(o.load.images), rows)
	}
	counts := map[string]int{}
	for id, w := range o.load.images {
		got, _ := o.load.rpc("image_get", object{"image_id": id}).(object)
		if got == nil {
			continue
		}
		problems := o.problems(w, got, counts)
		if len(problems) > 0 {
			o.t.Errorf("%s, written %+v, is %v: %s", id, *w, got, strings.Join(problems, ", "))
		}
	}
	o.t.Logf("%d images: %v", rows, counts)
	for _, c := range checks {
		if counts[c] == 0 {
			o.t.Errorf("there is no image to see that: %s", c)
		}
	}
}

// problems compares an image with what was written, as far as that is sure.
func (o *operator) problems(w *written, got object, counts map[string]int) (list []string) {
	check := func(ok bool, what string) {
		counts[what]++
		if !ok {
			list = append(list, what)
		}
	}
	check(got["name"] == w.name, "name")
	properties, _ := got["properties"].([]any)
	check(len(properties) == 1, "property")

	moved := "private"
	switch {
	case w.visibility == "public":
		moved = "public"
	case w.member:
		moved = "shared"
	}
	switch before, after := o.when(w.judged, "ocata migrate"); {
	case slices.Contains(o.phases, "ocata migrate") && before:
		check(got["visibility"] == moved, "moved to "+moved)
	case after || !slices.Contains(o.phases, "ocata migrate"):
		check(got["visibility"] == w.visibility, "kept")
	default:
		check(got["visibility"] == w.visibility || got["visibility"] == moved, "moved or kept")
	}
	if !slices.Contains(o.phases, "train migrate") {
		return list
	}
	before, _ := o.when(w.made, "rocky expand")
	_, after := o.when(w.made, "after rocky expand")
	switch {
	case w.hidden && before || !w.hidden:
		check(got["os_hidden"] == false, "not hidden")
	case slices.Index(o.phases, w.made.began) >= slices.Index(o.phases, "with os_hidden") && after:
		check(got["os_hidden"] == true, "hidden")
	}
	locations, _ := got["locations"].([]any)
	if len(locations) != 1 {
		return append(list, "location")
	}
	metadata := fmt.Sprint(locations[0].(object)["metadata"])
	switch before, after := o.when(w.made, "train migrate"); {
	case !w.backend:
		check(metadata == "map[]", "no metadata")
	case before:
		check(metadata == "map[store:fast]", "store")
	case after:
		check(metadata == "map[backend:fast]", "backend")
	}
	return list
}

var visibilities = []string{"private", "public", "shared", "community"}

// live is the life of one image, made by one of the APIs, with readings between.
func (l *load) live(ctx interface{ Err() error }, worker, round int) {
	id := fmt.Sprintf("%08d-%04d-4000-8000-000000000000", round, worker)
	w := &written{name: "new " + id, made: span{began: l.now()}, visibility: visibilities[round%4], hidden: round%8 == 1, backend: round%4 == 0}
	overRPC := worker%2 == 0
	if overRPC {
		l.rpc("image_create", object{"values": object{
			"id": id, "name": w.name, "status": "active", "owner": "own", "visibility": w.visibility, "os_hidden": w.hidden,
			"properties": object{"p": id}, "locations": l.locations(w),
		}})
	} else {
		w.hidden = false
		w.visibility = []string{"shared", "public"}[round%2]
		l.v1("POST", "/images", object{"image": object{
			"id": id, "name": w.name, "status": "active", "owner": "own", "is_public": round%2 == 1,
			"properties": object{"p": id}, "location_data": l.locations(w),
		}})
	}
	w.made.ended = l.now()
	w.judged = w.made
	l.see(id, w)
	if round%3 == 0 {
		l.v1("PUT", "/images/"+id+"/members/friend", nil)
		w.member = true
		w.judged.ended = l.now()
	}
	for n := range 3 {
		if ctx.Err() != nil {
			break
		}
		l.change(id, w, n, round, overRPC)
		l.v1("GET", "/images/detail?is_public=none&limit=20", nil)
		l.rpc("image_get_all", object{"filters": object{"deleted": false, "visibility": visibilities[n], "os_hidden": false},
			"limit": 20, "sort_key": []string{"visibility", "os_hash_algo", "name"}, "sort_dir": []string{"asc"}, "return_tag": true})
	}
	l.mu.Lock()
	l.images[id] = w
	l.mu.Unlock()
}

func (l *load) locations(w *written) []object {
	metadata := object{}
	if w.backend {
		metadata["backend"] = "fast"
	}
	return []object{{"url": "file:///x", "metadata": metadata, "status": "active"}}
}

// change updates an image and sees that it is changed.
func (l *load) change(id string, w *written, n, round int, overRPC bool) {
	w.name = fmt.Sprintf("change %d of %s", n, id)
	values := object{"name": w.name, "properties": object{"p": w.name}}
	if n == 1 {
		began := l.now()
		defer func() { w.judged = span{began, l.now()} }()
	}
	if overRPC {
		if n == 1 {
			w.visibility = visibilities[(round+3)%4]
			values["visibility"] = w.visibility
		}
		l.rpc("image_update", object{"image_id": id, "values": values})
		l.rpc("image_tag_set_all", object{"image_id": id, "tags": []string{w.name}})
	} else {
		if n == 1 {
			w.visibility = "public"
			values["is_public"] = true
		}
		l.v1("PUT", "/images/"+id, object{"image": values})
	}
	l.see(id, w)
}

// see reads what has just been written.
func (l *load) see(id string, w *written) {
	got, _ := l.v1("GET", "/images/"+id, nil).(object)
	image, _ := got["image"].(object)
	if image["name"] != w.name || image["is_public"] != (w.visibility == "public") {
		l.t.Errorf("while %s: wrote %+v, read %v", l.now(), *w, image)
	}
}
