package integration

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestPagesMakeUpTheList walks lists page by page, over rows with equal and with
// null values. The original lost or repeated some, so the record is no guide: the
// pages must make up the list that one request gives, which the record does cover.
func TestPagesMakeUpTheList(t *testing.T) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
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
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/images?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Identity-Status", "Confirmed")
	request.Header.Set("X-User-Id", "u-admin")
	request.Header.Set("X-Project-Id", "t-admin")
	request.Header.Set("X-Roles", "admin")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body struct{ Images []struct{ ID string } }
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", request.URL, response.Status, err)
	}
	ids := make([]string, len(body.Images))
	for i, image := range body.Images {
		ids[i] = image.ID
	}
	return ids
}
