package rest

import (
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/httperror"
	"github.com/glancegate/glancegate/registry/pyjson"
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
		seen[url] = true
		list = append(list, locationOf(url, data[url]))
	}
	for _, url := range order {
		if !seen[url] {
			seen[url] = true
			list = append(list, locationOf(url, data[url]))
		}
	}
	image.Set("locations", list)
	return nil
}

func locationOf(url string, given *pyjson.Object) *pyjson.Object {
	if given != nil {
		return given
	}
	o := pyjson.NewObject()
	o.Set("url", url)
	o.Set("metadata", pyjson.NewObject())
	o.Set("status", registry.StatusActive)
	return o
}

// locationURLs reads the key locations. A text is a list of its characters, as
// everywhere in Python.
func locationURLs(raw any, given bool) ([]string, error) {
	if !given {
		return nil, nil
	}
	var urls []string
	switch list := raw.(type) {
	case string:
		for _, r := range list {
			urls = append(urls, string(r))
		}
		return urls, nil
	case []any:
		for _, item := range list {
			url, ok := item.(string)
			if !ok {
				return nil, httperror.BadRequest("location and locations must be texts with a URL; use location_data for objects")
			}
			urls = append(urls, url)
		}
		return urls, nil
	}
	return nil, httperror.BadRequest("locations must be a list of URLs")
}

// locationData reads the key location_data: the last entry of a URL counts, its
// first decides the place.
func locationData(raw any, given bool) (map[string]*pyjson.Object, []string, error) {
	if !given {
		return nil, nil, nil
	}
	bad := httperror.BadRequest("location_data must be a list of objects with url, metadata and status")
	list, ok := raw.([]any)
	if !ok {
		return nil, nil, bad
	}
	data := map[string]*pyjson.Object{}
	var order []string
	for _, item := range list {
		o, _ := item.(*pyjson.Object)
		raw, _ := o.Get("url")
		url, ok := raw.(string)
		metadata, hasMetadata := o.Get("metadata")
		status, hasStatus := o.Get("status")
		if !ok || !hasMetadata || !hasStatus {
			return nil, nil, bad
		}
		id, _ := o.Get("id")
		entry := pyjson.NewObject()
		entry.Set("url", url)
		entry.Set("metadata", metadata)
		entry.Set("status", status)
		entry.Set("id", id)
		if data[url] == nil {
			order = append(order, url)
		}
		data[url] = entry
	}
	return data, order, nil
}
