package codec

import (
	"reflect"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/registry/records"
)

func sample() []*records.Image {
	at := time.Date(2019, 10, 16, 1, 2, 3, 456789000, time.UTC)
	stamps := records.Stamps{CreatedAt: at, UpdatedAt: records.NullOf(at), DeletedAt: records.NullOf(at), Deleted: true}
	return []*records.Image{
		{
			ID: "a", Name: records.NullOf(""), Status: "active", Visibility: records.Shared,
			DiskFormat: records.NullOf("raw"), ContainerFormat: records.NullOf("bare"), Checksum: records.NullOf("c"),
			Owner: records.NullOf("not \xff UTF-8"), OSHashAlgo: records.NullOf("sha512"), OSHashValue: records.NullOf("h"),
			Size: records.NullOf[int64](1 << 62), VirtualSize: records.NullOf[int64](0),
			MinDisk: 1, MinRAM: 2, Protected: true, OSHidden: true, Stamps: stamps,
			Properties: []records.Property{{RowID: 1, Name: "n", Value: records.NullOf("v"), Stamps: stamps}},
			Locations:  []records.Location{{RowID: 2, URL: "u", Metadata: records.NullOf("{}"), Status: "active", Stamps: stamps}},
			Members:    []records.Member{{RowID: 3, ImageID: "a", Member: "m", CanShare: true, Status: "pending", Stamps: stamps}},
			Tags:       []records.Tag{{RowID: 4, Value: "t", Stamps: stamps}},
		},
		{ID: "b", Stamps: records.Stamps{CreatedAt: at}},
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
