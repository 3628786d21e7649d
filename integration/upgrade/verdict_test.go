package upgrade

import (
	"fmt"
	"slices"
	"strings"
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
	var rows int
	if err := o.db.DB.QueryRow("SELECT count(*) FROM images WHERE id NOT LIKE 'probe-%'").Scan(&rows); err != nil {
		o.t.Fatal(err)
	}
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
