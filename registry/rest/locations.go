package rest

import (
	"encoding/json"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// normalizeLocations turns location, locations and location_data into the one
// form that the rules know: a list of objects, one for every distinct URL
// (registry-v1.md, 4.7).
func normalizeLocations(image *pyjson.Object) error {
	if location, ok := image.Get("location"); ok {
		image.Delete("location")
		image.Set("locations", []any{location})
	}
	rawURLs, hasURLs := image.Get("locations")
	rawData, hasData := image.Get("location_data")
	image.Delete("locations")
	image.Delete("location_data")
	if !hasURLs && !hasData {
		return nil
	}
	urls, err := locationURLs(rawURLs, hasURLs)
	if err != nil {
		return err
	}
	data, order, err := locationData(rawData, hasData)
	if err != nil {
		return err
	}
	list := []any{}
	seen := map[string]bool{}
	for _, url := range urls {
		key := urlKey(url)
		seen[key] = true
		list = append(list, locationOf(url, data[key]))
	}
	for _, key := range order {
		if !seen[key] {
			list = append(list, data[key])
		}
	}
	image.Set("locations", list)
	return nil
}

// urlKey distinguishes URLs. They are texts; numbers were taken, too.
func urlKey(url any) string { return string(pyjson.Append(nil, url)) }

func locationOf(url any, given *pyjson.Object) *pyjson.Object {
	if given != nil {
		return given
	}
	o := pyjson.NewObject()
	o.Set("url", url)
	o.Set("metadata", pyjson.NewObject())
	o.Set("status", records.StatusActive)
	return o
}

// locationURLs reads the key locations. A text is a list of its characters, as
// everywhere in Python.
func locationURLs(raw any, given bool) ([]any, error) {
	if !given {
		return nil, nil
	}
	switch list := raw.(type) {
	case string:
		if len(list) > coerce.MaxListText {
			break
		}
		var urls []any
		for _, r := range list {
			urls = append(urls, string(r))
		}
		return urls, nil
	case []any:
		for _, url := range list {
			if !scalar(url) {
				return nil, httperror.BadRequest("location and locations must be texts with a URL; use location_data for objects")
			}
		}
		return list, nil
	}
	return nil, httperror.BadRequest("locations must be a list of URLs")
}

func scalar(v any) bool {
	switch v.(type) {
	case string, bool, json.Number:
		return true
	}
	return false
}

// locationData reads the key location_data: the last entry of a URL counts, its
// first decides the place.
func locationData(raw any, given bool) (map[string]*pyjson.Object, []string, error) {
	bad := httperror.BadRequest("location_data must be a list of objects with url, metadata and status")
	list, ok := raw.([]any)
	if !ok {
		if given && (raw == nil || pyjson.Truthy(raw)) {
			return nil, nil, bad
		}
		return nil, nil, nil
	}
	data := map[string]*pyjson.Object{}
	var order []string
	for _, item := range list {
		o, _ := item.(*pyjson.Object)
		url, _ := o.Get("url")
		metadata, hasMetadata := o.Get("metadata")
		status, hasStatus := o.Get("status")
		if !scalar(url) || !hasMetadata || !hasStatus {
			return nil, nil, bad
		}
		id, _ := o.Get("id")
		entry := pyjson.NewObject()
		entry.Set("url", url)
		entry.Set("metadata", metadata)
		entry.Set("status", status)
		entry.Set("id", id)
		key := urlKey(url)
		if data[key] == nil {
			order = append(order, key)
		}
		data[key] = entry
	}
	return data, order, nil
}
