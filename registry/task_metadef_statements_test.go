package registry_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/glancegate/glancegate/registry"
)

// TestStatementsOfReads counts how often a read waits for the database.
func TestStatementsOfReads(t *testing.T) {
	made := 0
	s := observed(t, filepath.Join(t.TempDir(), "glance.sqlite"), false, func(string, time.Duration, error) { made++ })
	_, err := s.CreateNamespace(ctx, admin, values("namespace", "N", "owner", "t-own"))
	must(t, err)
	_, err = s.ReplaceMetadefTags(ctx, admin, "N", []any{values("name", "a", "id", json.Number("1"))})
	must(t, err)
	_, err = s.CreateAssociation(ctx, admin, "N", values("name", "R", "prefix", nil, "properties_target", nil))
	must(t, err)
	_, err = s.CreateTask(ctx, admin, values(newTask("t", "t-own")...))
	must(t, err)
	front := &registry.MetadefPage{SortKey: "id", Limit: 9}
	behind := &registry.MetadefPage{SortKey: "id", Limit: 9, Marker: json.Number("1")}
	for _, row := range []struct {
		name string
		want int
		read func() error
	}{
		{"task", 1, func() error { _, err := s.Task(ctx, owner, "t", false); return err }},
		{"tasks", 1, func() error {
			_, err := s.Tasks(ctx, owner, &registry.TaskQuery{SortKey: "id", Limit: -1})
			return err
		}},
		{"expiry of no task", 1, func() error { return s.ExpireTasks(ctx, owner) }},
		{"namespace", 1, func() error { _, err := s.Namespace(ctx, owner, "N"); return err }},
		{"namespaces", 1, func() error { _, err := s.Namespaces(ctx, owner, nil, front); return err }},
		{"namespaces of a resource type behind a marker", 2, func() error {
			_, err := s.Namespaces(ctx, owner, values("resource_types", "R"), behind)
			return err
		}},
		{"tag", 1, func() error { _, err := s.Metadef(ctx, owner, registry.MetadefTag, "N", "a"); return err }},
		{"objects", 2, func() error { _, err := s.Metadefs(ctx, owner, registry.MetadefObject, "N"); return err }},
		{"tags behind a marker", 2, func() error { _, err := s.MetadefTags(ctx, owner, "N", behind); return err }},
		{"resource types", 1, func() error { _, err := s.ResourceTypes(ctx); return err }},
		{"association", 2, func() error { _, err := s.Association(ctx, owner, "N", "R"); return err }},
		{"associations", 2, func() error { _, err := s.Associations(ctx, owner, "N"); return err }},
	} {
		made = 0
		must(t, row.read())
		if made != row.want {
			t.Errorf("%s: %d statements, want %d", row.name, made, row.want)
		}
	}
}
