package metadefs

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/ruletest"
)

// TestStatementsOfReads counts how often a read waits for the database.
func TestStatementsOfReads(t *testing.T) {
	made := 0
	s := &Service{Store: ruletest.Open(t, ruletest.File(t), func(string, time.Duration, error) { made++ })}
	ctx, owner := t.Context(), ruletest.Owner
	_, err := s.CreateNamespace(ctx, ruletest.Admin, ruletest.Values("namespace", "N", "owner", "t-own"))
	ruletest.Must(t, err)
	_, err = s.ReplaceTags(ctx, ruletest.Admin, "N", []any{ruletest.Values("name", "a", "id", json.Number("1"))})
	ruletest.Must(t, err)
	_, err = s.CreateAssociation(ctx, ruletest.Admin, "N", ruletest.Values("name", "R", "prefix", nil, "properties_target", nil))
	ruletest.Must(t, err)
	front := &Page{SortKey: "id", Limit: 9}
	behind := &Page{SortKey: "id", Limit: 9, Marker: json.Number("1")}
	for _, row := range []struct {
		name string
		want int
		read func() error
	}{
		{"namespace", 1, func() error { _, err := s.Namespace(ctx, owner, "N"); return err }},
		{"namespaces", 1, func() error { _, err := s.Namespaces(ctx, owner, nil, front); return err }},
		{"namespaces of a resource type behind a marker", 2, func() error {
			_, err := s.Namespaces(ctx, owner, ruletest.Values("resource_types", "R"), behind)
			return err
		}},
		{"tag", 1, func() error { _, err := s.Definition(ctx, owner, Tag, "N", "a"); return err }},
		{"objects", 2, func() error { _, err := s.Definitions(ctx, owner, Object, "N"); return err }},
		{"tags behind a marker", 2, func() error { _, err := s.Tags(ctx, owner, "N", behind); return err }},
		{"resource types", 1, func() error { _, err := s.ResourceTypes(ctx); return err }},
		{"association", 2, func() error { _, err := s.Association(ctx, owner, "N", "R"); return err }},
		{"associations", 2, func() error { _, err := s.Associations(ctx, owner, "N"); return err }},
	} {
		made = 0
		ruletest.Must(t, row.read())
		if made != row.want {
			t.Errorf("%s: %d statements, want %d", row.name, made, row.want)
		}
	}
}
