package rest

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

func TestParseQuery(t *testing.T) {
	for raw, want := range map[string][]parameter{
		"":                     nil,
		"a=1&b=2":              {{"a", "1"}, {"b", "2"}},
		"a=1;b=2":              {{"a", "1"}, {"b", "2"}},
		"a=1&a=2":              {{"a", "2"}},
		"a&b=&&":               {{"a", ""}, {"b", ""}},
		"a=x+y%20z%2B":         {{"a", "x y z+"}},
		"a=%zz%4&b=%c3%a9":     {{"a", "%zz%4"}, {"b", "é"}},
		"property-a%3Db=c%3Dd": {{"property-a=b", "c=d"}},
		"a=b=c":                {{"a", "b=c"}},
	} {
		got, err := parseQuery(raw)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"a=%ff", "%ff=a", "a=\xff"} {
		if got, err := parseQuery(raw); err == nil {
			t.Errorf("%q: %v", raw, got)
		}
	}
}

func list(t *testing.T, query string, admin bool) (*registry.ListRequest, error) {
	t.Helper()
	h := &API{DefaultPage: 25, MaxPage: 1000}
	return h.ListRequest(query, &access.Caller{Admin: admin}, 0)
}

func TestListErrors(t *testing.T) {
	for query, want := range map[string]string{
		"changes-since=now":                   "Unrecognized changes-since value",
		"changes-since=2020-01-01T00:00+0100": "Unrecognized changes-since value",
		"protected=banana":                    "protected must be True, or False",
		"protected=":                          "protected must be True, or False",
		"limit=x":                             "limit param must be an integer",
		"limit=":                              "limit param must be an integer",
		"limit=-1":                            "limit param must be positive",
		"limit=-99999999999999999999":         "limit param must be positive",
		"sort_key=owner":                      "Unsupported sort_key",
		"sort_dir=ASC":                        "Unsupported sort_dir",
		"marker=x":                            "Invalid marker format",
		"is_public=banana":                    "is_public must be None, True, or False",
		"size_min=x":                          "size_min param must be an integer",
		"size_max=":                           "size_max param must be an integer",
		"name=a:b":                            "name: Unable to filter by unknown operator 'a'.",
		"status=in:%22a":                      "status: Invalid filter value",
		// Of several errors the first in this order is reported.
		"sort_key=x&limit=y&protected=z&marker=m": "protected",
		"is_public=x&marker=m":                    "marker",
	} {
		_, err := list(t, query, true)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", query, err)
		}
	}
	if _, err := list(t, "is_public=banana&deleted=banana", false); err != nil {
		t.Errorf("is_public and deleted are ignored for users: %v", err)
	}
}

func TestListRequest(t *testing.T) {
	for _, row := range []struct {
		query string
		admin bool
		check func(*registry.ListRequest) bool
	}{
		{"", false, func(r *registry.ListRequest) bool { return r.Limit == 25 && r.Live && !r.ShowDeleted && !r.AsUser }},
		{"", true, func(r *registry.ListRequest) bool { return r.AsUser && r.Live }},
		{"is_public=None", true, func(r *registry.ListRequest) bool { return !r.AsUser && len(r.Where) == 0 }},
		{"is_public=0", true, func(r *registry.ListRequest) bool {
			return !r.AsUser && r.Where[0].Column == "visibility" && r.Where[0].Op == records.NotEqual
		}},
		{"deleted=yes", true, func(r *registry.ListRequest) bool { return !r.Live && r.ShowDeleted && len(r.Where) == 1 }},
		{"deleted=banana", true, func(r *registry.ListRequest) bool { return r.Live && !r.ShowDeleted }},
		{"deleted=yes", false, func(r *registry.ListRequest) bool { return r.Live && !r.ShowDeleted }},
		{"changes-since=2020", true, func(r *registry.ListRequest) bool { return !r.Live && r.ShowDeleted }},
		{"changes-since=2020&deleted=no", true, func(r *registry.ListRequest) bool { return r.Live && r.ShowDeleted }},
		{"limit=99999999999999999999", false, func(r *registry.ListRequest) bool { return r.Limit == 1000 }},
		{"limit=+7+", false, func(r *registry.ListRequest) bool { return r.Limit == 7 }},
		{"limit=0", false, func(r *registry.ListRequest) bool { return r.Limit == 0 }},
		{"marker=", false, func(r *registry.ListRequest) bool { return r.Marker.Valid && r.Marker.V == "" }},
		{"sort_key=size&sort_dir=asc", false, func(r *registry.ListRequest) bool {
			return r.Sort[0] == records.SortKey{Column: "size"} && !r.TiesDescending
		}},
		{"property-os=x&property-=", false, func(r *registry.ListRequest) bool {
			return len(r.Properties) == 2 && r.Properties[1] == records.PropertyMatch{Value: ""}
		}},
	} {
		r, err := list(t, row.query, row.admin)
		if err != nil || !row.check(r) {
			t.Errorf("%q, admin %v: %+v, %v", row.query, row.admin, r, err)
		}
	}
}

func TestUUIDLike(t *testing.T) {
	for text, want := range map[string]bool{
		"c0ffee01-0000-4000-8000-000000000001":          true,
		"C0FFEE010000400080000000000000BB":              true,
		"{c0ffee01-0000-4000-8000-000000000001}":        true,
		"urn:uuid:c0ffee01-0000-4000-8000-000000000001": true,
		"c0ffee01-0000-4000-8000-0000000000011":         false,
		"g0ffee01-0000-4000-8000-000000000001":          false,
		"":                                              false,
	} {
		if uuidLike(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{
		"limit=3&marker=&sort_key=name&sort_dir=asc", "changes-since=2020-01-01T00:00:00Z&deleted=1&is_public=none",
		"name=in:a,%22b,c%22&size_min=5&property-a=b;protected=1", "%zz=%ff&a=+",
	} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, raw string, admin bool) {
		defer kit.Cheap(t, len(raw))()
		given, err := parseQuery(raw)
		if err == nil {
			seen := map[string]bool{}
			for _, p := range given {
				if seen[p.name] || !utf8.ValidString(p.name) || !utf8.ValidString(p.value) {
					t.Fatalf("%q: %q", raw, given)
				}
				seen[p.name] = true
			}
		}
		h := &API{DefaultPage: 25, MaxPage: 1000}
		list, err := h.ListRequest(raw, &access.Caller{Admin: admin}, 0)
		if err == nil && (list.Limit < 0 || list.Limit > 1000 || len(list.Sort) != 1) {
			t.Fatalf("%q: %+v", raw, list)
		}
	})
}
