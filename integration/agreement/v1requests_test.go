package agreement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/access"
)

// operation is a request to registry v1, the same for every node.
type operation struct {
	request string // method and target
	purge   string // X-Glance-Registry-Purge-Props
	body    object
	caller  *access.Caller
}

func (o operation) String() string {
	return fmt.Sprintf("%s %v purge=%q as %s admin=%v", o.request, o.body, o.purge, o.caller.Project, o.caller.Admin)
}

func (o operation) on(m *member) string {
	call := m.v1.RespondTo(o.request).As(o.caller)
	if o.purge != "" {
		call = call.With("X-Glance-Registry-Purge-Props", o.purge)
	}
	if o.body != nil {
		call = call.JSON(o.body)
	}
	return normal(call.Answer())
}

var (
	ids      = rapid.SampledFrom([]string{uuid(1), uuid(2), uuid(3), uuid(4), uuid(5), uuid(6)})
	names    = rapid.StringMatching(`[a-c]{1,3}`)
	statuses = rapid.SampledFrom([]string{"queued", "saving", "active", "killed", "deactivated", "pending_delete"})
	projects = rapid.SampledFrom([]string{"t1", "t2", "t3"})
	sizes    = rapid.Int64Range(0, 5)
	keys     = rapid.SampledFrom([]string{"os", "arch", "x"})
)

func uuid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// columns draws some of the columns of an image.
func columns(t *rapid.T) object {
	o := object{}
	for _, draw := range []struct {
		key   string
		value func() any
	}{
		{"name", func() any { return names.Draw(t, "name") }},
		{"status", func() any { return statuses.Draw(t, "status") }},
		{"size", func() any { return sizes.Draw(t, "size") }},
		{"min_ram", func() any { return sizes.Draw(t, "min_ram") }},
		{"is_public", func() any { return rapid.Bool().Draw(t, "is_public") }},
		{"protected", func() any { return rapid.Bool().Draw(t, "protected") }},
		{"owner", func() any { return projects.Draw(t, "owner") }},
		{"location", func() any { return "file:///" + names.Draw(t, "location") }},
		{"properties", func() any { return rapid.MapOfN(keys, names, 0, 3).Draw(t, "properties") }},
	} {
		if rapid.Bool().Draw(t, "with "+draw.key) {
			o[draw.key] = draw.value()
		}
	}
	return o
}

// operations are drawn from these.
var operations = map[string]func(*rapid.T) operation{
	"create": func(t *rapid.T) operation {
		o := columns(t)
		o["id"] = ids.Draw(t, "id")
		o["created_at"] = fmt.Sprintf("2020-01-01T00:00:%02d", rapid.IntRange(0, 3).Draw(t, "second"))
		for key, missing := range map[string]any{"name": "n", "size": 1} {
			if _, ok := o[key]; !ok {
				o[key] = missing
			}
		}
		return operation{request: "POST /images", body: object{"image": o}}
	},
	"update": func(t *rapid.T) operation {
		body := object{"image": columns(t)}
		if rapid.Bool().Draw(t, "with from_state") {
			body["from_state"] = statuses.Draw(t, "from_state")
		}
		return operation{
			request: "PUT /images/" + ids.Draw(t, "id"), body: body,
			purge: pick(t, "purge", "", "true", "True"),
		}
	},
	"delete": func(t *rapid.T) operation { return operation{request: "DELETE /images/" + ids.Draw(t, "id")} },
	"show":   func(t *rapid.T) operation { return operation{request: "GET /images/" + ids.Draw(t, "id")} },
	"set member": func(t *rapid.T) operation {
		o := operation{request: "PUT /images/" + ids.Draw(t, "id") + "/members/" + projects.Draw(t, "member")}
		if rapid.Bool().Draw(t, "with can_share") {
			o.body = object{"member": object{"can_share": rapid.Bool().Draw(t, "can_share")}}
		}
		return o
	},
	"replace members": func(t *rapid.T) operation {
		list := []object{}
		for _, member := range rapid.SliceOfNDistinct(projects, 0, 3, rapid.ID[string]).Draw(t, "members") {
			list = append(list, object{"member_id": member, "can_share": rapid.Bool().Draw(t, "can_share")})
		}
		return operation{
			request: "PUT /images/" + ids.Draw(t, "id") + "/members", body: object{"memberships": list},
		}
	},
	"delete member": func(t *rapid.T) operation {
		return operation{request: "DELETE /images/" + ids.Draw(t, "id") + "/members/" + projects.Draw(t, "member")}
	},
	"members": func(t *rapid.T) operation {
		return operation{request: "GET /images/" + ids.Draw(t, "id") + "/members"}
	},
	"shared images": func(t *rapid.T) operation {
		return operation{request: "GET /shared-images/" + projects.Draw(t, "member")}
	},
	"list": listing,
}

// listing draws filters, an order and a place to start.
func listing(t *rapid.T) operation {
	q := url.Values{}
	for _, draw := range []struct {
		key   string
		value func() string
	}{
		{"name", func() string { return "in:" + names.Draw(t, "name") + "," + names.Draw(t, "name") }},
		{"status", func() string { return statuses.Draw(t, "status") }},
		{"size_min", func() string { return fmt.Sprint(sizes.Draw(t, "size")) }},
		{"min_ram", func() string { return fmt.Sprint(sizes.Draw(t, "min_ram")) }},
		{"property-os", func() string { return names.Draw(t, "value") }},
		{"protected", func() string { return fmt.Sprint(rapid.Bool().Draw(t, "protected")) }},
		{"is_public", func() string { return pick(t, "is_public", "true", "false", "none") }},
		{"deleted", func() string { return fmt.Sprint(rapid.Bool().Draw(t, "deleted")) }},
		{"changes-since", func() string { return "2019-01-01T00:00:00Z" }},
		{"limit", func() string { return fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "limit")) }},
		{"sort_key", func() string { return pick(t, "sort_key", "id", "name", "size", "status", "created_at") }},
		{"sort_dir", func() string { return pick(t, "sort_dir", "asc", "desc") }},
		{"marker", func() string { return ids.Draw(t, "marker") }},
	} {
		if rapid.IntRange(0, 3).Draw(t, "with "+draw.key) == 0 {
			q.Set(draw.key, draw.value())
		}
	}
	target := pick(t, "list", "/images", "/images/detail", "/")
	return operation{request: "GET " + target + "?" + q.Encode()}
}

// entry is one of the locations in a request.
type entry struct {
	url, status, metadata any
	row                   int // place of the row that it names by its id; 0: a new one
}

// changeLocations draws a change of the locations of an image. The ids of their rows
// differ from node to node.
func changeLocations(t *testing.T, rt *rapid.T) func(*member) string {
	image := uuid(rapid.IntRange(1, 2).Draw(rt, "image"))
	var entries []entry
	for range rapid.IntRange(0, 3).Draw(rt, "locations") {
		entries = append(entries, entry{
			url:      "file:///" + names.Draw(rt, "url"),
			status:   pick[any](rt, "status", "active", "deleted", "pending_delete", "other", nil),
			metadata: pick[any](rt, "metadata", nil, object{}, object{"k": []any{1, "v"}}),
			row:      rapid.IntRange(0, 4).Draw(rt, "row"),
		})
	}
	return func(m *member) string {
		rows := servers.Column[int64](t, m.db, "SELECT id FROM image_locations WHERE image_id = '"+image+"' ORDER BY id") // deleted ones too
		list := []object{}
		for _, e := range entries {
			l := object{"url": e.url, "status": e.status, "metadata": e.metadata}
			switch {
			case e.row > len(rows):
				l["id"] = 1 << 30 // of no row
			case e.row > 0:
				l["id"] = rows[e.row-1]
			}
			list = append(list, l)
		}
		return normal(m.v1.RespondTo("PUT /images/" + image).
			JSON(object{"image": object{"location_data": list}}).Answer())
	}
}

// normal is an answer without what may differ: ids of rows, and the times of
// now, of which it is kept whether they are there.
func normal(a *registrytest.Answer) string {
	var body any
	d := json.NewDecoder(bytes.NewReader(a.Body))
	d.UseNumber()
	if d.Decode(&body) != nil {
		return fmt.Sprint(a.Status, " ", string(a.Body))
	}
	text, err := json.Marshal(normalValue("", body))
	return fmt.Sprint(a.Status, " ", string(text), err)
}

func normalValue(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			v[k] = normalValue(k, item)
		}
	case []any:
		for n, item := range v {
			v[n] = normalValue("", item)
		}
		if key == "members" || key == "shared_images" {
			slices.SortFunc(v, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	case json.Number:
		if key == "id" {
			return "row"
		}
	case string:
		if key == "updated_at" || key == "deleted_at" {
			return "time"
		}
	}
	return v
}
