package benchmark

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// requestsOfPeer are requests about the images that another registry has.
func requestsOfPeer(b *testing.B, url string, requests []request) []request {
	b.Helper()
	c := dial(b, 1, url)[0]
	list := request{method: http.MethodGet, path: "/images?limit=1000", caller: admin}
	if err := c.exchange(list.wire(b, url)); err != nil {
		b.Fatalf("%s: %v", url, err)
	}
	var body struct{ Images []struct{ ID string } }
	if err := json.Unmarshal(c.body, &body); err != nil || len(body.Images) == 0 {
		b.Fatalf("%s lists no images (%v): %.200s", url, err, c.body)
	}
	theirs := make([]request, len(requests))
	for n, r := range requests {
		id := body.Images[n%len(body.Images)].ID
		r.path = strings.ReplaceAll(r.path, imageID(n+1), id)
		r.body = strings.ReplaceAll(r.body, imageID(n+1), id)
		theirs[n] = r
	}
	return theirs
}
