package oddrows

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestYearOne uses the first second of year 1, which drivers and servers take for
// no time, in filters, as a value and as a marker.
func TestYearOne(t *testing.T) {
	const first = "0001-01-01T00:00:00"
	at := object{"_type": "datetime", "_value": first}
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			s := newScene(t, servers.NewDatabase(t, dialect))
			for _, filter := range []string{"changes-since=0001", "changes-since=0001-01-01T01:00%2B01"} {
				if ids := registrytest.IDs(s.rest.RespondTo("GET /images?is_public=none&" + filter).ExpectImages()); len(ids) != 2 {
					t.Errorf("%s: %v", filter, ids)
				}
			}
			for filter, want := range map[string]int{"gt:" + first: 2, "gte:" + first: 2, "neq:" + first: 2, first: 0, "lt:" + first: 0} {
				var images []object
				s.rpc.Call("image_get_all", object{"filters": object{"created_at": filter}}).Into(&images)
				if len(images) != want {
					t.Errorf("created_at %s: %d images, want %d", filter, len(images), want)
				}
			}
			const id = "00000000-0000-4000-8000-000000000001"
			answer := string(s.rpc.Call("image_create", object{"values": object{
				"id": id, "status": "active", "owner": "t1", "visibility": "public", "created_at": at, "updated_at": at}}).OK().Result)
			if !strings.Contains(answer, `"created_at": {"_type": "datetime", "_value": "`+first+`"}`) {
				t.Error(answer)
			}
			for _, direction := range []string{"asc", "desc"} {
				if problem := s.walk("created_at", direction); problem != "" {
					t.Error(problem)
				}
			}
			if len(s.told) > 0 {
				t.Errorf("told %q", s.told)
			}
		})
	}
}
