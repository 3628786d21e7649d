package rpc

import (
	"slices"
	"testing"
)

// The commands that change something, of all that there are.
func TestReadsAndWrites(t *testing.T) {
	var writes []string
	for _, name := range CommandNames() {
		if !IsRead(name) {
			writes = append(writes, name)
		}
	}
	slices.Sort(writes)
	want := []string{
		"image_create", "image_destroy", "image_location_add", "image_location_delete", "image_location_update",
		"image_member_create", "image_member_delete", "image_member_update", "image_property_create",
		"image_property_delete", "image_restore", "image_tag_create", "image_tag_delete", "image_tag_set_all",
		"image_update", "metadef_namespace_create", "metadef_namespace_delete", "metadef_namespace_update",
		"metadef_object_create", "metadef_object_delete", "metadef_object_delete_namespace_content",
		"metadef_object_update", "metadef_property_create", "metadef_property_delete",
		"metadef_property_delete_namespace_content", "metadef_property_update",
		"metadef_resource_type_association_create", "metadef_resource_type_association_delete",
		"metadef_resource_type_create", "metadef_resource_type_delete", "metadef_tag_create",
		"metadef_tag_create_tags", "metadef_tag_delete", "metadef_tag_delete_namespace_content", "metadef_tag_update",
		"task_create", "task_delete", "task_update",
	}
	if !slices.Equal(writes, want) {
		t.Errorf("got %q, want %q", writes, want)
	}
}
