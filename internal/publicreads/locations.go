package publicreads

import (
	"slices"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// maxDepth bounds the nesting of answers; metadata of locations is flat, or nearly.
const maxDepth = 16

// location is a location as answers show it.
type location struct{ url, metadata, store string }

// locationsOf are the locations that an answer can show.
func locationsOf(i *records.Image) ([]location, bool) {
	var all []location
	for _, l := range i.Locations {
		if l.Deleted || l.Status != "active" {
			continue
		}
		metadata, err := pyjson.Decode([]byte(l.Metadata.V), maxDepth)
		o, isObject := metadata.(*pyjson.Object)
		if !l.Metadata.Valid {
			o, isObject, err = pyjson.NewObject(), true, nil
		}
		if err != nil || !isObject {
			return nil, false
		}
		store, _ := o.Get("store")
		name, _ := store.(string)
		all = append(all, location{l.URL, canonical(o), name})
	}
	return all, true
}

// canonical is a text of a JSON value in which the order of keys makes no difference.
func canonical(v any) string {
	switch v := v.(type) {
	case *pyjson.Object:
		keys := slices.Sorted(slices.Values(v.Keys()))
		sorted := pyjson.NewObject()
		for _, key := range keys {
			value, _ := v.Get(key)
			sorted.Set(key, canonical(value))
		}
		return string(pyjson.Append(nil, sorted))
	case []any:
		items := make([]any, len(v))
		for n := range v {
			items[n] = canonical(v[n])
		}
		return string(pyjson.Append(nil, items))
	}
	return string(pyjson.Append(nil, v))
}

// sameLocations compares locations, direct_url and stores, where the answer has
// them. A deactivated image shows none of them to others than admins.
func (s *shape) sameLocations(body *pyjson.Object, i *records.Image, admin bool) bool {
	want, ok := locationsOf(i)
	if !ok {
		return false
	}
	if i.Status == records.StatusDeactivated && !admin {
		want = nil
	}
	if shown, there := body.Get("locations"); there && !sameList(shown, want) {
		return false
	}
	url, there := body.Get("direct_url")
	if there && !slices.ContainsFunc(want, func(l location) bool { return l.url == url }) ||
		!there && len(want) > 0 && s.directURL.Load() {
		return false
	}
	var stores []string
	for _, l := range want {
		if l.store != "" {
			stores = append(stores, l.store)
		}
	}
	names, named := body.Get("stores")
	if named && names != strings.Join(stores, ",") || !named && len(stores) > 0 && s.stores.Load() {
		return false
	}
	if there {
		s.directURL.Store(true)
	}
	if named {
		s.stores.Store(true)
	}
	return true
}

// sameList compares without regard to order, which a strategy decides.
func sameList(shown any, want []location) bool {
	list, ok := shown.([]any)
	if !ok || len(list) != len(want) {
		return false
	}
	left := slices.Clone(want)
	for _, item := range list {
		o, ok := item.(*pyjson.Object)
		if !ok {
			return false
		}
		for _, key := range o.Keys() {
			if key != "url" && key != "metadata" {
				return false
			}
		}
		url, _ := o.Get("url")
		metadata, _ := o.Get("metadata")
		n := slices.IndexFunc(left, func(l location) bool { return l.url == url && l.metadata == canonical(metadata) })
		if n < 0 {
			return false
		}
		left = slices.Delete(left, n, n+1)
	}
	return true
}
