package properties

import (
	"fmt"
	"net/url"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/registry/access"
)

// operation is a request to registry v1, the same for every node.
type operation struct {
	request string // method and target
	purge   string // X-Glance-Registry-Purge-Props
	body    registrytest.Object
	caller  *access.Caller
}

func (o operation) String() string {
	return fmt.Sprintf("%s %v purge=%q as %s admin=%v", o.request, o.body, o.purge, o.caller.Project, o.caller.Admin)
}

func (o operation) on(n node) string {
	call := n.registry.RespondTo(o.request).As(o.caller)
	if o.purge != "" {
		call = call.With("X-Glance-Registry-Purge-Props", o.purge)
	}
	if o.body != nil {
		call = call.JSON(o.body)
	}
	return normal(call.Answer())
}

// Values whose meaning does not depend on the database: ASCII of one case,
// whole seconds, no null that lists could be sorted by.
var (
	callers = rapid.SampledFrom([]*access.Caller{
		registrytest.Admin(), registrytest.Member("t-a"), registrytest.Member("t-b"), registrytest.Unscoped(),
	})
	ids      = rapid.SampledFrom([]string{uuid(1), uuid(2), uuid(3), uuid(4), uuid(5), uuid(6)})
	names    = rapid.StringMatching(`[a-c]{1,3}`)
	statuses = rapid.SampledFrom([]string{"queued", "saving", "active", "killed", "deactivated", "pending_delete"})
	projects = rapid.SampledFrom([]string{"t-a", "t-b", "t-c"})
	sizes    = rapid.Int64Range(0, 5)
	keys     = rapid.SampledFrom([]string{"os", "arch", "x"})
)

func uuid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// columns draws some of the columns of an image.
func columns(t *rapid.T) registrytest.Object {
	o := registrytest.Object{}
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
		return operation{request: "POST /images", body: registrytest.Object{"image": o}}
	},
	"update": func(t *rapid.T) operation {
		body := registrytest.Object{"image": columns(t)}
		if rapid.Bool().Draw(t, "with from_state") {
			body["from_state"] = statuses.Draw(t, "from_state")
		}
		return operation{
			request: "PUT /images/" + ids.Draw(t, "id"), body: body,
			purge: rapid.SampledFrom([]string{"", "true", "True"}).Draw(t, "purge"),
		}
	},
	"delete": func(t *rapid.T) operation { return operation{request: "DELETE /images/" + ids.Draw(t, "id")} },
	"show":   func(t *rapid.T) operation { return operation{request: "GET /images/" + ids.Draw(t, "id")} },
	"set member": func(t *rapid.T) operation {
		o := operation{request: "PUT /images/" + ids.Draw(t, "id") + "/members/" + projects.Draw(t, "member")}
		if rapid.Bool().Draw(t, "with can_share") {
			o.body = registrytest.Object{"member": registrytest.Object{"can_share": rapid.Bool().Draw(t, "can_share")}}
		}
		return o
	},
	"replace members": func(t *rapid.T) operation {
		list := []registrytest.Object{}
		for _, member := range rapid.SliceOfNDistinct(projects, 0, 3, rapid.ID[string]).Draw(t, "members") {
			list = append(list, registrytest.Object{"member_id": member, "can_share": rapid.Bool().Draw(t, "can_share")})
		}
		return operation{
			request: "PUT /images/" + ids.Draw(t, "id") + "/members", body: registrytest.Object{"memberships": list},
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
	"list": list,
}

// list draws filters, an order and a place to start.
func list(t *rapid.T) operation {
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
		{"is_public", func() string { return rapid.SampledFrom([]string{"true", "false", "none"}).Draw(t, "is_public") }},
		{"deleted", func() string { return fmt.Sprint(rapid.Bool().Draw(t, "deleted")) }},
		{"changes-since", func() string { return "2019-01-01T00:00:00Z" }},
		{"limit", func() string { return fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "limit")) }},
		{"sort_key", func() string {
			return rapid.SampledFrom([]string{"id", "name", "size", "status", "created_at"}).Draw(t, "sort_key")
		}},
		{"sort_dir", func() string { return rapid.SampledFrom([]string{"asc", "desc"}).Draw(t, "sort_dir") }},
		{"marker", func() string { return ids.Draw(t, "marker") }},
	} {
		if rapid.IntRange(0, 3).Draw(t, "with "+draw.key) == 0 {
			q.Set(draw.key, draw.value())
		}
	}
	target := rapid.SampledFrom([]string{"/images", "/images/detail", "/"}).Draw(t, "list")
	return operation{request: "GET " + target + "?" + q.Encode()}
}
