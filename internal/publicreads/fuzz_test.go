package publicreads

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/internal/pyjson"
)

// Whatever a client asks for, it is read or passed on.
func FuzzQuery(f *testing.F) {
	for _, query := range []string{"", "limit=3&marker=" + id, "sort=name:asc,size", "sort_key=name&sort_dir=asc&tag=a&tag=b", "name=in:%22a,b%22,c",
		"created_at=gt:2020-01-01T00:00:00Z", "os_hidden=True&visibility=all&member_status=all", "size_min=1&protected=false&%5fmethod=DELETE", "limit=%zz;"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		defer kit.Cheap(t, len(query))()
		r := httptest.NewRequest(http.MethodGet, "/v2/images", nil)
		r.URL.RawQuery = query
		read, ok := Match(r)
		if !ok {
			return
		}
		if l, ok := list(read.query); ok && (l.request == nil || l.limit == 0) {
			t.Errorf("%q: %+v", query, l)
		}
		if values, err := url.ParseQuery(query); err != nil || strings.Contains(strings.ToLower(values.Encode()), "_method=") {
			t.Errorf("%q is taken", query)
		}
	})
}

// Whatever an answer is, comparing it ends, and only what equals the record is taken.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(shown))
	f.Add([]byte(`{"images": [` + shown + `], "first": "/v2/images", "schema": "/v2/schemas/images"}`))
	f.Add([]byte(`{"tags": [1], "locations": {}, "direct_url": []}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		defer kit.Cheap(t, len(text))()
		value, err := pyjson.Decode(text, maxDepth)
		if err != nil {
			return
		}
		taken := new(shape).image(value, example(), false)
		if o, ok := value.(*pyjson.Object); taken {
			if got, _ := o.Get("name"); !ok || got != "ä" {
				t.Errorf("taken: %s", text)
			}
		}
		members(value, example(), caller("p"))
		member(value, example(), caller("p"), "q")
	})
}
