package publicreads

import (
	"context"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// images compares the answer to a list with the gateway's own list, which is the
// witness: the same images in the same order, and each of them as its record is.
// It returns the records.
func (r *Reads) images(ctx context.Context, value any, l listing, c *access.Caller) ([]*records.Image, bool) {
	body, ok := value.(*pyjson.Object)
	if !ok {
		return nil, false
	}
	list, _ := body.Get("images")
	shown, ok := list.([]any)
	if schema, _ := body.Get("schema"); !ok || schema != "/v2/schemas/images" {
		return nil, false
	}
	next, more := body.Get("next")
	if !onePage(len(shown), l.limit, more) {
		return nil, false
	}
	// How long a page is, is glance-api's business. Without a next page this one ends
	// with the last image that there is.
	request := *l.request
	request.Limit = len(shown)
	if !more {
		request.Limit++
	}
	own, err := r.rules.ListImages(ctx, c, &request)
	if err != nil || len(own) != len(shown) {
		return nil, false
	}
	for n, i := range own {
		if !r.shape.image(shown[n], i, c.Admin) {
			return nil, false
		}
	}
	return own, !more || pointsBehind(next, own)
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
