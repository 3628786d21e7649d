package publicreads

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/rpc"
)

// listing is a list of images as a client of the Images API asks for it.
type listing struct {
	request *registry.ListRequest
	limit   int // what the client asks for; -1: it does not say
}

// unusual are names in a query that glance-api refuses or gives a meaning that is not
// worth following.
var unusual = map[string]bool{
	"changes-since": true, "deleted": true, "properties": true, "tags": true, "locations": true, "members": true, "is_public": true,
}

// repeatable are names that may stand in a query more than once.
var repeatable = map[string]bool{"tag": true, "sort_key": true, "sort_dir": true}

// list reads a query as glance-api does, and makes the arguments of image_get_all
// of it, which is what glance-api asks its database. It is not ok for what is not
// plainly a list.
func list(query url.Values) (l listing, ok bool) {
	l.limit = -1
	for name, values := range query {
		if unusual[name] || len(values) > 1 && !repeatable[name] {
			return l, false
		}
	}
	args := map[string]any{"return_tag": true, "member_status": "accepted"}
	if status := query.Get("member_status"); status != "" {
		args["member_status"] = status
	}
	if query.Has("marker") {
		args["marker"] = query.Get("marker")
	}
	if text := query.Get("limit"); query.Has("limit") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return l, false
		}
		l.limit = n
		args["limit"] = json.Number(strconv.Itoa(n))
	}
	if args["filters"], ok = filters(query); !ok {
		return l, false
	}
	if args["sort_key"], args["sort_dir"], ok = sorting(query); !ok {
		return l, false
	}
	request, err := rpc.ListRequest(args)
	if err != nil || request.Late != nil {
		return l, false
	}
	l.request = request
	return l, true
}

// filters are what remains of a query without what pages and sorts.
func filters(query url.Values) (*pyjson.Object, bool) {
	o := pyjson.NewObject()
	o.Set("deleted", false)
	o.Set("os_hidden", false)
	for name, values := range query {
		switch name {
		case "limit", "marker", "member_status", "sort", "sort_key", "sort_dir":
		case "tag":
			tags := make([]any, len(values))
			for n, tag := range values {
				tags[n] = strings.TrimSpace(tag)
			}
			o.Set("tags", tags)
		case "os_hidden", "protected":
			value := values[0]
			if name == "os_hidden" {
				value = strings.ToLower(value)
			}
			if value != "true" && value != "false" {
				return nil, false
			}
			o.Set(name, value == "true")
		case "visibility":
			if values[0] == "" {
				return nil, false
			}
			o.Set(name, values[0])
		default:
			o.Set(name, values[0])
		}
	}
	return o, true
}

// sorting reads both syntaxes: sort=name:asc,size and sort_key with sort_dir.
func sorting(query url.Values) (keys, directions []any, ok bool) {
	if query.Has("sort") {
		if query.Has("sort_key") || query.Has("sort_dir") {
			return nil, nil, false
		}
		for item := range strings.SplitSeq(strings.TrimSpace(query.Get("sort")), ",") {
			key, direction, _ := strings.Cut(item, ":")
			if direction == "" {
				direction = "desc"
			}
			keys = append(keys, strings.TrimSpace(key))
			directions = append(directions, strings.TrimSpace(direction))
		}
		return keys, directions, true
	}
	for _, key := range query["sort_key"] {
		keys = append(keys, strings.TrimSpace(key))
	}
	for _, direction := range query["sort_dir"] {
		directions = append(directions, strings.TrimSpace(direction))
	}
	return keys, directions, len(directions) <= 1 || len(directions) == len(keys)
}
