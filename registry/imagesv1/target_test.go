package imagesv1

import (
	"testing"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// Fields are written as Python does, and win over properties.
func TestTargetField(t *testing.T) {
	at := time.Date(2014, 1, 2, 3, 4, 5, 0, time.UTC)
	i := &records.Image{
		ID: "i", Status: "active", Visibility: records.Public, Owner: records.NullOf("p1"), Size: records.NullOf(int64(5)), MinRAM: 512,
		Stamps: records.Stamps{CreatedAt: at},
		Properties: []records.Property{
			{Name: "os_type", Value: records.NullOf("linux")},
			{Name: "owner", Value: records.NullOf("p2")},
			{Name: "empty"},
			{Name: "gone", Value: records.NullOf("x"), Stamps: records.Stamps{Deleted: true}},
		},
	}
	for field, want := range map[string]string{
		"id": "i", "status": "active", "owner": "p1", "name": "None", "size": "5", "virtual_size": "None", "min_ram": "512", "min_disk": "0",
		"is_public": "True", "protected": "False", "deleted": "False", "deleted_at": "None", "created_at": "2014-01-02T03:04:05.000000",
		"os_type": "linux", "empty": "None",
	} {
		if got, known := targetField(i, field); !known || got != want {
			t.Errorf("%s: %q, %v, want %q", field, got, known, want)
		}
	}
	for _, field := range []string{"gone", "project_id", "location", "properties", "os_hidden", "visibility"} {
		if got, known := targetField(i, field); known {
			t.Errorf("%s: %q", field, got)
		}
	}
}
