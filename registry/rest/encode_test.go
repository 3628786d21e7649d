package rest

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

func sample() *records.Image {
	at := time.Date(2026, 11, 23, 16, 10, 0, 564484000, time.UTC)
	return &records.Image{
		ID: "1", Name: records.NullOf("x"), Status: "active", Visibility: records.Public, Size: records.NullOf(int64(12)),
		Owner: records.NullOf("t1"), Stamps: records.Stamps{CreatedAt: at, UpdatedAt: records.NullOf(at)},
		Properties: []records.Property{
			{Name: "a", Value: records.NullOf("1")}, {Name: "b"},
			{Name: "gone", Value: records.NullOf("2"), Stamps: records.Stamps{Deleted: true}},
		},
		Locations: []records.Location{
			{RowID: 1, URL: "file:///gone", Status: "deleted", Stamps: records.Stamps{Deleted: true}},
			{RowID: 2, URL: "file:///odd", Status: "weird", Metadata: records.NullOf(`{"é": 1}`)},
			{RowID: 3, URL: "file:///x", Status: "active"},
		},
	}
}

func TestAppendFull(t *testing.T) {
	got, err := appendFull(nil, sample(), view{service: &registry.Service{}, caller: &access.Caller{}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id": "1", "name": "x", "status": "active", "size": 12, "virtual_size": null, "disk_format": null, ` +
		`"container_format": null, "min_disk": 0, "min_ram": 0, "is_public": true, "checksum": null, "owner": "t1", ` +
		`"protected": false, "created_at": "2026-11-23T16:10:00.564484", "updated_at": "2026-11-23T16:10:00.564484", ` +
		`"deleted_at": null, "deleted": false, "properties": {"a": "1", "b": null}, "location_data": [` +
		`{"id": 2, "url": "file:///odd", "metadata": {"\u00e9": 1}, "status": "weird"}, ` +
		`{"id": 3, "url": "file:///x", "metadata": null, "status": "active"}], "location": "file:///x"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAppendFullHides(t *testing.T) {
	i := sample()
	i.Status = records.StatusDeactivated
	got, _ := appendFull(nil, i, view{service: &registry.Service{}, caller: &access.Caller{}, showDeleted: true, hidePublic: true})
	if !strings.Contains(string(got), `"location_data": [], "location": null}`) || strings.Contains(string(got), "is_public") {
		t.Errorf("%s", got)
	}
	i.Status = records.StatusActive
	got, _ = appendFull(nil, i, view{service: &registry.Service{}, caller: &access.Caller{}, showDeleted: true})
	if !strings.Contains(string(got), "file:///gone") {
		t.Errorf("a list of deleted images lacks deleted locations: %s", got)
	}
	i.Locations[1].Metadata = records.NullOf("{")
	if _, err := appendFull(nil, i, view{service: &registry.Service{}, caller: &access.Caller{}}); err == nil {
		t.Error("metadata that is no JSON was sent")
	}
}

// FuzzEncode holds the encoder against encoding/json.
func FuzzEncode(f *testing.F) {
	f.Add("name", "é😀\x00", int64(5), true, `{"a": 1}`, int64(0))
	f.Add("\xff\"\\", "", int64(-1), false, "null", int64(1<<40))
	f.Fuzz(func(t *testing.T, name, value string, size int64, public bool, metadata string, seconds int64) {
		defer kit.Cheap(t, len(name)+len(value)+len(metadata))()
		i := &records.Image{ID: value, Name: records.NullOf(name), Size: records.Null[int64]{V: size, Valid: public}}
		i.CreatedAt = time.Unix(seconds%(1<<37), size%1e9).UTC()
		if public {
			i.Visibility = records.Public
		}
		i.Properties = []records.Property{{Name: name, Value: records.Null[string]{V: value, Valid: public}}}
		i.Locations = []records.Location{{RowID: size, URL: value, Status: "active", Metadata: records.NullOf(metadata)}}
		text, err := appendFull(nil, i, view{service: &registry.Service{}, caller: &access.Caller{}})
		if err != nil {
			return // the metadata is no JSON
		}
		var got map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			if strings.ContainsAny(metadata, "NI") {
				return // a constant of Python
			}
			t.Fatalf("%s: %v", text, err)
		}
		clean := func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return // every bad byte is one replacement character there, a run of them is one here
		}
		if got["name"] != clean(name) || got["location"] != clean(value) || got["is_public"] != public || len(got) != 20 {
			t.Fatalf("%s", text)
		}
		want := map[string]any{clean(name): any(clean(value))}
		if !public {
			want[clean(name)] = nil
		}
		if !reflect.DeepEqual(got["properties"], want) {
			t.Fatalf("%v is not %v", got["properties"], want)
		}
		for _, c := range text {
			if c >= utf8.RuneSelf {
				t.Fatalf("%s is not ASCII", text)
			}
		}
	})
}
