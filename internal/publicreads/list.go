package publicreads

import (
	"context"
	"strings"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// images compares the answer to a list with the gateway's own list, which is the
// witness: the same images in the same order, and each of them as its record is.
func (r *Reads) images(ctx context.Context, value any, l listing, asker *Asker) (shown cache.Shown, ok bool) {
	body, ok := value.(*pyjson.Object)
	if !ok {
		return shown, false
	}
	list, _ := body.Get("images")
	items, ok := list.([]any)
	if schema, _ := body.Get("schema"); !ok || schema != "/v2/schemas/images" {
		return shown, false
	}
	next, more := body.Get("next")
	if !onePage(len(items), l.limit, more) {
		return shown, false
	}
	// How long a page is, is glance-api's business. Without a next page this one ends
	// with the last image that there is.
	request := *l.request
	request.Limit = len(items)
	if !more {
		request.Limit++
	}
	c := &asker.Caller
	q, err := r.rules.ListQuery(ctx, c, &request)
	if err != nil {
		return shown, false
	}
	own, err := r.config.Cache.Images(ctx, q)
	if err != nil || len(own) != len(items) {
		return shown, false
	}
	for n, i := range own {
		if !r.shape.image(items[n], i, c.Admin) {
			return shown, false
		}
	}
	if asker.Service {
		q.Scope.Restricted = false
	}
	return cache.Shown{Images: own, Query: q, Names: []string{c.User, c.Project}}, !more || pointsBehind(next, own)
}

// onePage reports whether a page can have that many images.
func onePage(images, limit int, more bool) bool {
	switch {
	case more && limit >= 0:
		return images == limit
	case more:
		return images > 0
	}
	return limit < 0 || images < limit
}

// pointsBehind reports whether the link to the next page begins behind the last image.
func pointsBehind(next any, own []*records.Image) bool {
	link, ok := next.(string)
	if !ok {
		return false
	}
	_, query, _ := strings.Cut(link, "?")
	for part := range strings.SplitSeq(query, "&") {
		if part == "marker="+own[len(own)-1].ID {
			return true
		}
	}
	return false
}
