package codec

import (
	"reflect"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/registry"
)

func sample() []*registry.Image {
	at := time.Date(2019, 10, 16, 1, 2, 3, 456789000, time.UTC)
	stamps := registry.Stamps{CreatedAt: at, UpdatedAt: registry.NullOf(at), DeletedAt: registry.NullOf(at), Deleted: true}
	return []*registry.Image{
		{
			ID: "a", Name: registry.NullOf(""), Status: "active", Visibility: registry.Shared,
			DiskFormat: registry.NullOf("raw"), ContainerFormat: registry.NullOf("bare"), Checksum: registry.NullOf("c"),
			Owner: registry.NullOf("not \xff UTF-8"), OSHashAlgo: registry.NullOf("sha512"), OSHashValue: registry.NullOf("h"),
			Size: registry.NullOf[int64](1 << 62), VirtualSize: registry.NullOf[int64](0),
			MinDisk: 1, MinRAM: 2, Protected: true, OSHidden: true, Stamps: stamps,
			Properties: []registry.Property{{RowID: 1, Name: "n", Value: registry.NullOf("v"), Stamps: stamps}},
			Locations:  []registry.Location{{RowID: 2, URL: "u", Metadata: registry.NullOf("{}"), Status: "active", Stamps: stamps}},
			Members:    []registry.Member{{RowID: 3, ImageID: "a", Member: "m", CanShare: true, Status: "pending", Stamps: stamps}},
			Tags:       []registry.Tag{{RowID: 4, Value: "t", Stamps: stamps}},
		},
		{ID: "b", Stamps: registry.Stamps{CreatedAt: at}},
	}
}

func TestDecodesWhatItEncodes(t *testing.T) {
	text, err := Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(decoded, sample()) {
		t.Errorf("decoded\n%+v\nwant\n%+v", decoded[0], sample()[0])
	}
}

// Every field of the sample is set, so that the test above misses none.
func TestSampleIsComplete(t *testing.T) {
	image := reflect.ValueOf(*sample()[0])
	for _, f := range reflect.VisibleFields(image.Type()) {
		if f.IsExported() && image.FieldByIndex(f.Index).IsZero() {
			t.Errorf("the sample has no %s", f.Name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	text, err := Encode(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte{0x80})
	f.Add([]byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, text []byte) {
		defer kit.Cheap(t, len(text))()
		images, err := Decode(text)
		if err != nil {
			return
		}
		again, err := Encode(images)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(again); err != nil {
			t.Error(err)
		}
	})
}
