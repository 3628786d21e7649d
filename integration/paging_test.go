package integration

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestPagesMakeUpTheList walks lists page by page, over rows with equal and with
// null values. The original lost or repeated some, so the record is no guide: the
// pages must make up the list that one request gives, which the record does cover.
func TestPagesMakeUpTheList(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		if err := conformance.Fill(t.Context(), db, "paging"); err != nil {
			t.Fatal(err)
		}
		base := StartGateway(t, registryOn(db))
		for _, key := range []string{"name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at"} {
			for _, direction := range []string{"asc", "desc"} {
				t.Run(key+" "+direction, func(t *testing.T) {
					query := url.Values{"sort_key": {key}, "sort_dir": {direction}, "is_public": {"None"}}
					comparePages(t, base, query)
				})
			}
		}
	})
}

func comparePages(t *testing.T, base string, query url.Values) {
	query.Set("limit", "1000")
	want := listIDs(t, base, query)
	if len(want) < 150 {
		t.Fatalf("a list of %d images shows nothing", len(want))
	}
	query.Set("limit", "37")
	var got []string
	for {
		page := listIDs(t, base, query)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		if len(got) > len(want) {
			t.Fatalf("more than the %d images of the list", len(want))
		}
		query.Set("marker", page[len(page)-1])
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages: %s\nlist:  %s", got, want)
	}
}

// listIDs asks as an administrator for the ids of a list of images.
func listIDs(t *testing.T, base string, query url.Values) []string {
	t.Helper()
	a, err := kit.Request{Method: http.MethodGet, URL: base + "/images?" + query.Encode(), Header: kit.Trusted("t-admin", "admin")}.Send(t.Context())
	if err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v, %v", query, a, err)
	}
	var body struct{ Images []struct{ ID string } }
	if err := json.Unmarshal(a.Text, &body); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(body.Images))
	for i, image := range body.Images {
		ids[i] = image.ID
	}
	return ids
}
