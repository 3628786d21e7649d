package dbbackend

import (
	"math"
	"testing"

	"github.com/glancegate/glancegate/registry/records"
)

func TestWhatIsCollected(t *testing.T) {
	for _, c := range []struct {
		what                            string
		limit, images, visible, members int
		sort                            string
		collected                       bool
	}{
		{"few of many", 25, 100_000, 10, 0, "created_at", true},
		{"many of many", 25, 100_000, 10_000, 0, "created_at", false},
		{"few images", 25, 400, 10, 0, "created_at", false},
		{"memberships that take longer to pass", 25, 10_000, 250, 50_000, "created_at", false},
		{"few of many, and many memberships", 25, 100_000, 10, 500_000, "created_at", true},
		{"an order without index", 25, 100_000, 10_000, 0, "name", true},
		{"all images", -1, 100_000, 10_000, 0, "created_at", true},
		{"the largest limit", math.MaxInt, 100_000, 10_000, 0, "created_at", true},
		{"nothing", 25, 100_000, 0, 0, "created_at", true},
		{"everything", 25, 100_000, 100_000, 0, "name", false},
	} {
		q := &records.Query{Limit: c.limit, Sort: []records.SortKey{{Column: c.sort}}}
		if collects(q, c.images, c.visible, c.members) != c.collected {
			t.Errorf("%s: %v is wanted", c.what, c.collected)
		}
	}
}
