package shadow

import (
	"net/url"

	"github.com/glancegate/glancegate/internal/pyjson"
)

// excused reports whether two pages differ because they follow a row whose sort value is
// null: the old service lost or repeated rows then.
func (s *Shadow) excused(x *suspect) bool {
	for _, d := range x.found.differences {
		if d.Kind != Row && d.Kind != Order {
			return false
		}
	}
	ask, key := markerOf(x.Exchange)
	if ask == nil {
		return false
	}
	answer, err := x.Gateway(s.ctx, ask)
	if err != nil {
		return false
	}
	v, err := pyjson.Decode(answer.Body, maxDepth)
	image, _ := rowIn(v).(*pyjson.Object)
	value, found := image.Get(key)
	return err == nil && found && value == nil
}

// markerOf is the request for the image after which a page begins, and the key by which
// it is sorted; nil for other requests.
func markerOf(x *Exchange) (ask *Request, sortKey string) {
	if len(x.Calls) != 1 {
		return nil, ""
	}
	switch x.Calls[0] {
	case "images.index", "images.detail":
		query := x.Request.URL.Query()
		if marker := query.Get("marker"); marker != "" {
			return x.Request.get("/images/" + url.PathEscape(marker)), query.Get("sort_key")
		}
	case "rpc.image_get_all":
		commands, _ := pyjson.Decode(x.Request.Body, maxDepth)
		list, _ := commands.([]any)
		if len(list) != 1 {
			return nil, ""
		}
		command, _ := list[0].(*pyjson.Object)
		v, _ := command.Get("kwargs")
		kwargs, _ := v.(*pyjson.Object)
		marker, given := at(kwargs, "marker")
		if !given {
			return nil, ""
		}
		args := pyjson.NewObject()
		args.Set("image_id", marker)
		args.Set("force_show_deleted", true)
		return x.Request.call("image_get", args), firstSortKey(kwargs)
	}
	return nil, ""
}

func firstSortKey(kwargs *pyjson.Object) string {
	v, _ := kwargs.Get("sort_key")
	if list, isList := v.([]any); isList && len(list) > 0 {
		v = list[0]
	}
	key, _ := v.(string)
	return key
}
